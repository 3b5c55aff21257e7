"""What records mean, as tables: the condition, and a word of what to do."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.doctor.test_records import ZONE
from timebank.doctor.mail_rules import count_bits, judge_dkim, judge_dmarc, judge_spf
from timebank.doctor.rules import Condition

WELL, WARNING, WRONG = Condition.WELL, Condition.WARNING, Condition.WRONG


@pytest.mark.parametrize(
    ("texts", "condition", "word"),
    [
        ([], WRONG, "there is no record"),
        (["something=else"], WRONG, "there is no record"),
        (["v=spf1 mx -all", "v=spf1 a -all"], WRONG, "2 records"),
        (["v=spf1 nonsense -all"], WRONG, "'nonsense' is no term"),
        (["v=spf1 include:bad.example -all"], WRONG, "'nonsense' is no term"),
        (["v=spf1 include:nowhere.example -all"], WRONG, "leads to no SPF record"),
        (["v=spf1 include:two.example -all"], WRONG, "more than one"),
        (["v=spf1 include:ten.example -all"], WRONG, "more than 10 look-ups"),
        (["v=spf1 -all"], WRONG, "permits no server"),
        (["v=spf1 ?mx ~all"], WRONG, "permits no server"),
        (["v=spf1 mx +all"], WARNING, "every server in the world"),
        (["v=spf1 mx all"], WARNING, "every server in the world"),
        (["v=spf1 mx ?all"], WARNING, "?all"),
        (["v=spf1 mx"], WARNING, "no 'all' at its end"),
        (["v=spf1 mx ptr ~all"], WARNING, "ptr"),
        (["v=spf1 mx include:flat.example ~all", "other"], WELL, "permits 'mx', 'include:flat.example', with 2 of 10"),
        (["v=spf1 redirect=three.example"], WELL, "'redirect=three.example'"),
        (["v=spf1 ip4:192.0.2.0/24 -all"], WELL, "'ip4:192.0.2.0/24', with 0 of 10"),
    ],
)
def test_spf(texts, condition, word):
    diagnosis = judge_spf("example.org", texts, lambda name: ZONE.get(name, []))
    assert diagnosis.condition is condition, diagnosis.words
    assert word in diagnosis.words


@pytest.mark.parametrize(
    ("at", "texts", "condition", "word"),
    [
        ("mail.example.org", [], WRONG, "no record"),
        ("mail.example.org", ["v=spf1 -all"], WRONG, "no record"),
        ("mail.example.org", ["v=DMARC1; p=none; rua=mailto:a@example.org"] * 2, WRONG, "2 records"),
        ("mail.example.org", ["v=DMARC1; p=none; p=reject"], WRONG, "twice"),
        ("mail.example.org", ["v=DMARC1; p=strict; rua=mailto:a@example.org"], WRONG, "'strict'"),
        ("mail.example.org", ["v=DMARC1"], WRONG, "policy"),
        ("mail.example.org", ["v=DMARC1; p=none"], WARNING, "rua=mailto:"),
        ("mail.example.org", ["v=DMARC1; p=none; rua=mailto:a@example.org"], WELL, "policy none"),
        ("mail.example.org", ["v=DMARC1; rua=mailto:a@example.org"], WELL, "policy none"),
        ("mail.example.org", ["v=DMARC1; p=quarantine; rua=mailto:a@example.org"], WELL, "'mailto:a@example.org'"),
        ("mail.example.org", ["v=DMARC1; p=reject; sp=none; rua=mailto:a@b.org"], WELL, "policy reject"),
        ("example.org", ["v=DMARC1; p=reject; rua=mailto:a@b.org"], WELL, "policy reject (from example.org)"),
        ("example.org", ["v=DMARC1; p=reject; sp=none; rua=mailto:a@b.org"], WELL, "policy none (from example.org)"),
    ],
)
def test_dmarc(at, texts, condition, word):
    diagnosis = judge_dmarc("mail.example.org", at, texts)
    assert diagnosis.condition is condition, diagnosis.words
    assert word in diagnosis.words


def _public(bits):
    key = generate_private_key(65_537, bits).public_key()
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


KEY, SHORT, OTHER = _public(2_048), _public(1_024), _public(2_048)
P = base64.b64encode(KEY).decode()
LONG_P = f"{P[:100]} {P[100:]}"


@pytest.mark.parametrize(
    ("texts", "condition", "word"),
    [
        ([], WRONG, "no key is published"),
        ([f"v=DKIM1; p={P}"] * 2, WRONG, "2 TXT records"),
        (["v=DKIM1; nonsense"], WRONG, "cannot be read"),
        ([f"v=DKIM2; p={P}"], WRONG, "none of an RSA key"),
        ([f"v=DKIM1; k=ed25519; p={P}"], WRONG, "none of an RSA key"),
        (["v=DKIM1; k=rsa"], WRONG, "none of an RSA key"),
        (["v=DKIM1; p="], WRONG, "revoked"),
        (["v=DKIM1; p=!!"], WRONG, "no Base64"),
        ([f"v=DKIM1; p={base64.b64encode(OTHER).decode()}"], WRONG, "somebody else"),
        ([f"v=DKIM1; h=sha1; p={P}"], WRONG, "SHA-256"),
        ([f"v=DKIM1; s=tlsrpt; p={P}"], WRONG, "not for e-mails"),
        ([f"v=DKIM1; t=y:s; p={P}"], WARNING, "test"),
        ([f"v=DKIM1; k=rsa; p={P}"], WELL, "2048 bits"),
        ([f"k=rsa; h=sha1:sha256; s=email; t=s; p={LONG_P}"], WELL, "2048 bits"),
    ],
)
def test_dkim(texts, condition, word):
    diagnosis = judge_dkim("s._domainkey.example.org", texts, KEY)
    assert diagnosis.condition is condition, diagnosis.words
    assert word in diagnosis.words


def test_a_short_key_of_dkim_is_warned_of():
    texts = [f"v=DKIM1; p={base64.b64encode(SHORT).decode()}"]
    diagnosis = judge_dkim("s._domainkey.example.org", texts, SHORT)
    assert (diagnosis.condition, "1024 bits" in diagnosis.words) == (WARNING, True)


def test_bits_of_what_is_no_rsa_key():
    assert count_bits(b"nonsense") == 0
    assert count_bits(KEY) == 2_048
