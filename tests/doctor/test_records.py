"""Records of the DNS, parsed: tables of what stands in the RFCs and of what people publish."""

import pytest

from timebank.doctor.records import (
    BadRecordError,
    SpfTerm,
    decode_key,
    follow_spf,
    is_dmarc,
    is_spf,
    parse_spf,
    parse_tags,
)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("v=spf1 -all", True),
        ("v=spf1", True),
        ("V=SPF1 -all", True),
        ("v=spf10 -all", False),
        ("v=spf1-all", False),
        (" v=spf1", False),
        ("google-site-verification=x", False),
        ("", False),
    ],
)
def test_a_record_of_spf_begins_with_its_version(text, answer):
    assert is_spf(text) is answer


@pytest.mark.parametrize(
    ("word", "term"),
    [
        ("-all", ("-", "all", "")),
        ("~ALL", ("~", "all", "")),
        ("a", ("+", "a", "")),
        ("a/24", ("+", "a", "/24")),
        ("a:mail.example.org/24//64", ("+", "a", "mail.example.org/24//64")),
        ("mx", ("+", "mx", "")),
        ("?mx:example.org", ("?", "mx", "example.org")),
        ("include:_spf.example.net", ("+", "include", "_spf.example.net")),
        ("ip4:192.0.2.0/24", ("+", "ip4", "192.0.2.0/24")),
        ("ip4:192.0.2.1", ("+", "ip4", "192.0.2.1")),
        ("ip6:2001:db8::/32", ("+", "ip6", "2001:db8::/32")),
        ("exists:%{i}._spf.example.net", ("+", "exists", "%{i}._spf.example.net")),
        ("ptr:example.org", ("+", "ptr", "example.org")),
        ("redirect=_spf.example.net", ("", "redirect", "_spf.example.net")),
    ],
)
def test_a_term_of_spf(word, term):
    assert parse_spf(f"v=spf1 {word}") == [SpfTerm(*term)]


def test_unknown_modifiers_are_passed_over():
    assert parse_spf("v=spf1 exp=why.example.org later=yes -all") == [SpfTerm("-", "all", "")]


@pytest.mark.parametrize(
    "word",
    [
        "all:example.org", "ip4:192.0.2.300", "ip4:2001:db8::1", "ip6:192.0.2.1", "ip4", "include", "include:",
        "includ:x", "ip4=192.0.2.1", "a:", "mx/200000", "-redirect=x", "redirect=", "~", "+-all",
        "include:a:b", "ptr/24",
        "redirect=a redirect=b", "\x1b[31m",
    ],
)  # fmt: skip
def test_what_is_no_term_of_spf_makes_the_record_void(word):
    with pytest.raises(BadRecordError):
        parse_spf(f"v=spf1 {word} -all")


ZONE = {
    "flat.example": ["v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 -all"],
    "three.example": ["v=spf1 a mx include:flat.example ~all"],
    "redirects.example": ["v=spf1 redirect=three.example"],
    "both.example": ["v=spf1 redirect=nowhere.example ~all"],
    "loop.example": ["v=spf1 include:back.example -all"],
    "back.example": ["v=spf1 include:LOOP.example. -all"],
    "itself.example": ["v=spf1 redirect=itself.example"],
    "nowhere-included.example": ["v=spf1 include:nowhere.example -all"],
    "two.example": ["v=spf1 -all", "v=spf1 ~all"],
    "two-included.example": ["v=spf1 include:two.example -all"],
    "bad.example": ["v=spf1 nonsense"],
    "bad-included.example": ["v=spf1 include:bad.example -all"],
    "macro.example": ["v=spf1 include:%{d}.example exists:%{i}.example -all"],
    "ptr.example": ["v=spf1 ptr -all"],
    "ten.example": ["v=spf1 " + " ".join(f"a:h{number}.example" for number in range(10)) + " -all"],
    "eleven.example": ["v=spf1 include:ten.example -all"],
    "wide.example": ["v=spf1 " + " ".join(["include:wide2.example"] * 10) + " -all"],
    "wide2.example": ["v=spf1 " + " ".join(["include:ten.example"] * 10) + " -all"],
}


@pytest.mark.parametrize(
    ("domain", "lookups", "ending", "problems"),
    [
        ("flat.example", 0, "-", 0),
        ("three.example", 3, "~", 0),
        ("redirects.example", 4, "~", 0),
        ("both.example", 0, "~", 0),  # nobody gets as far as the redirect
        ("loop.example", 2, "-", 1),
        ("itself.example", 1, "", 1),
        ("nowhere-included.example", 1, "-", 1),
        ("two-included.example", 1, "-", 1),
        ("bad-included.example", 1, "-", 1),
        ("macro.example", 2, "-", 0),
        ("ptr.example", 1, "-", 0),
        ("ten.example", 10, "-", 0),
        ("eleven.example", 11, "-", 0),
    ],
)
def test_an_spf_record_is_followed(domain, lookups, ending, problems):
    tree = follow_spf(domain, ZONE[domain][0], lambda name: ZONE.get(name, []))
    assert (tree.lookups, tree.ending, len(tree.problems)) == (lookups, ending, problems)


def test_a_record_of_many_records_is_not_followed_to_its_end():
    asked = []
    tree = follow_spf("wide.example", ZONE["wide.example"][0], lambda name: asked.append(name) or ZONE.get(name, []))
    assert tree.lookups == 11
    assert len(asked) <= 11


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("v=DKIM1; k=rsa; p=AAAA", {"v": "DKIM1", "k": "rsa", "p": "AAAA"}),
        (" v = DKIM1 ;p= AA AA ; ", {"v": "DKIM1", "p": "AA AA"}),
        ("p=", {"p": ""}),
        ("p=AA==", {"p": "AA=="}),
        ("", {}),
    ],
)
def test_tags(text, tags):
    assert parse_tags(text) == tags


@pytest.mark.parametrize("text", ["nonsense", "v=DKIM1; k", "=x", "p=1; p=2"])
def test_what_is_no_tag(text):
    with pytest.raises(BadRecordError):
        parse_tags(text)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("v=DMARC1; p=none", True),
        ("v = DMARC1;p=none", True),
        ("v=DMARC1", True),
        ("v=dmarc1; p=none", False),
        ("p=none; v=DMARC1", False),
        ("v=DMARC12; p=none", False),
    ],
)
def test_a_record_of_dmarc_begins_with_its_version(text, answer):
    assert is_dmarc(text) is answer


@pytest.mark.parametrize(
    ("value", "key"), [("AQID", b"\1\2\3"), ("AQ ID", b"\1\2\3"), ("A", None), ("AQ-D", None), ("ä", None)]
)
def test_a_key_is_base64(value, key):
    assert decode_key(value) == key
