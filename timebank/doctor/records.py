"""Records of the DNS about e-mail, parsed: SPF (RFC 7208), DMARC (RFC 7489) and keys of DKIM (RFC 6376). Pure."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import NamedTuple

from timebank.doctor.rules import quote

#: So many terms of SPF may cost a look-up in the DNS, those of included records too (RFC 7208, 4.6.4).
MOST_LOOKUPS = 10
_LOOKUPS = frozenset({"include", "a", "mx", "ptr", "exists", "redirect"})
_MECHANISMS = frozenset({"all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"})
_NEED_VALUE = frozenset({"include", "exists", "ip4", "ip6"})
_TERM = re.compile(r"(?P<qualifier>[+?~-]?)(?P<name>[A-Za-z][\w.-]*)(?:(?P<sign>[:=/])(?P<value>\S*))?")
_DOMAIN = re.compile(r"[^\s:=/]+(/\d{1,3}(//\d{1,3})?)?")
_LENGTHS = re.compile(r"/?\d{1,3}(//\d{1,3})?")


#: Returns the TXT records of a name; it may raise where the DNS does not answer.
Fetch = Callable[[str], Sequence[str]]


class BadRecordError(Exception):
    """A record cannot be understood: the message says which part of it."""


class SpfTerm(NamedTuple):
    """A term of an SPF record: '~all' is ('~', 'all', ''), and 'redirect=x' is ('', 'redirect', 'x')."""

    qualifier: str
    name: str
    value: str

    def __str__(self) -> str:
        if self.name == "redirect":
            return f"redirect={self.value}"
        return f"{self.name}{'' if not self.value or self.value.startswith('/') else ':'}{self.value}"


def is_spf(text: str) -> bool:
    """Return whether a TXT record is one of SPF."""
    return _lower(text.split(" ", 1)[0]) == "v=spf1"


def parse_spf(text: str) -> Sequence[SpfTerm]:
    """Return the terms of an SPF record, without unknown modifiers. Raises BadRecordError."""
    terms = [_parse_term(word) for word in text.split(" ")[1:] if word]
    names = [term.name for term in terms]
    for name in ("redirect", "exp"):
        if names.count(name) > 1:
            message = f"{name}= stands in it twice"
            raise BadRecordError(message)
    return [term for term in terms if term.name in _MECHANISMS or term.name == "redirect"]


def _parse_term(word: str) -> SpfTerm:
    match = _TERM.fullmatch(word)
    if match is None:
        message = f"{quote(word)} is no term of SPF"
        raise BadRecordError(message)
    name, sign, value = _lower(match["name"]), match["sign"] or "", match["value"] or ""
    if sign == "=" and name not in _MECHANISMS and not match["qualifier"]:
        if name == "redirect" and not value:
            message = "redirect= names no domain"
            raise BadRecordError(message)
        return SpfTerm("", name, value)
    value = f"/{value}" if sign == "/" else value
    if name not in _MECHANISMS or sign == "=" or not _fits(name, sign, value):
        message = f"{quote(word)} is no term of SPF"
        raise BadRecordError(message)
    return SpfTerm(match["qualifier"] or "+", name, value)


def _fits(name: str, sign: str, value: str) -> bool:
    """Return whether a mechanism may have this value."""
    if name in {"ip4", "ip6"}:
        try:
            return sign == ":" and ip_network(value, strict=False).version == int(name[2])
        except ValueError:
            return False
    if not sign:
        return name not in _NEED_VALUE
    if name == "all" or (sign == "/" and name not in {"a", "mx"}):
        return False
    if "%" in value:  # a macro, whose value depends on each e-mail
        return sign == ":"
    return bool(_LENGTHS.fullmatch(value) if sign == "/" else _DOMAIN.fullmatch(value))


@dataclass
class SpfTree:
    """What an SPF record amounts to, together with those that it includes.

    `permits` are its own terms that let a server send. `ending` is the qualifier of its `all`, also of the record that
    it redirects to; '' where there is none.
    """

    permits: list[str] = field(default_factory=list)
    ending: str = ""
    lookups: int = 0
    problems: list[str] = field(default_factory=list)
    uses_ptr: bool = False


def follow_spf(domain: str, text: str, fetch: Fetch) -> SpfTree:
    """Return what the SPF record of a domain amounts to. Raises what `fetch` raises.

    Raises BadRecordError for a record that cannot be parsed, also an included one.
    """
    tree = SpfTree()
    terms = parse_spf(text)
    tree.permits = [str(term) for term in terms if term.qualifier == "+" or term.name == "redirect"]
    tree.ending = _follow(tree, terms, (_lower(domain),), fetch)
    return tree


def _follow(tree: SpfTree, terms: Sequence[SpfTerm], path: tuple[str, ...], fetch: Fetch) -> str:
    """Count the look-ups of a record and of those below it; return its ending."""
    endings = [term.qualifier for term in terms if term.name == "all"]
    for term in terms:
        if term.name == "redirect" and endings:  # nobody gets as far as there
            continue
        tree.lookups += term.name in _LOOKUPS
        if tree.lookups > MOST_LOOKUPS:
            tree.lookups = MOST_LOOKUPS + 1
            break
        tree.uses_ptr = tree.uses_ptr or term.name == "ptr"
        if term.name in {"include", "redirect"} and "%" not in term.value:
            ending = _follow_name(tree, term, path, fetch)
            if term.name == "redirect":
                endings.append(ending)
    return endings[0] if endings else ""


def _follow_name(tree: SpfTree, term: SpfTerm, path: tuple[str, ...], fetch: Fetch) -> str:
    name = _lower(term.value.rstrip("."))
    if name in path:
        tree.problems.append(f"{quote(str(term))} leads back to where it came from")
        return ""
    texts = [text for text in fetch(name) if is_spf(text)]
    if len(texts) != 1:
        tree.problems.append(f"{quote(str(term))} leads to {'no' if not texts else 'more than one'} SPF record")
        return ""
    try:
        terms = parse_spf(texts[0])
    except BadRecordError as error:
        tree.problems.append(f"in the record of {quote(name)} {error}")
        return ""
    return _follow(tree, terms, (*path, name), fetch)


def parse_tags(text: str) -> Mapping[str, str]:
    """Return the tags of a record such as 'v=DKIM1; k=rsa; p=…' (RFC 6376, 3.2). Raises BadRecordError."""
    tags = dict[str, str]()
    for part in text.split(";"):
        words = part.split()
        if not words:
            continue
        name, sign, value = (side.strip() for side in part.partition("="))
        if not sign or not name:
            message = f"{quote(part)} is no tag with a value"
            raise BadRecordError(message)
        if name in tags:
            message = f"{quote(name)} stands in it twice"
            raise BadRecordError(message)
        tags[name] = value
    return tags


def is_dmarc(text: str) -> bool:
    """Return whether a TXT record is one of DMARC: its first tag is the version."""
    name, _sign, value = text.split(";", 1)[0].partition("=")
    return (name.strip(), value.strip()) == ("v", "DMARC1")


def decode_key(value: str) -> bytes | None:
    """Return the bytes of the tag p= of a DKIM record, which may have spaces in it; None where it is no Base64."""
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def _lower(text: str) -> str:
    """Names of domains and of terms are the same in capitals."""
    return text.lower()
