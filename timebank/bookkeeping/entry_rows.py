"""An entry on its way into the books: what is said of it, its digest, and the plain values that its row is made of.

This is what every posting goes through, so that it is written for speed; what it writes is fixed by docs/ledger.md.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from timebank import clock
from timebank.driver import moment
from timebank.ledger.entries import EntryKind, Line

_SALT_BYTES = 16
_quoted = json.JSONEncoder(ensure_ascii=False).encode
Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A deed to be written in the books.

    `key` makes it happen once per bank and derives from the deed; `deed` is an opaque reference to what it was;
    `recorded_by`, `on_behalf_of` and `approved_by` are memberships; `resolves` is the hold that it ends; `words` can
    later be erased.
    """

    bank_id: int
    key: str
    kind: EntryKind
    lines: tuple[Line, ...]
    occurred_on: date
    recorded_at: datetime
    recorded_by: int
    deed: str
    on_behalf_of: int | None = None
    approved_by: int | None = None
    reverses: int | None = None
    resolves: int | None = None
    words: str | None = None


def rows_of(entry: NewEntry, books_key: bytes, *, postgresql: bool) -> tuple[Values, Values | None]:
    """The entry's row under a new id, in the order of the statements, and that of its words where it has any."""
    salt = secrets.token_bytes(_SALT_BYTES) if entry.words is not None else None
    words_digest = digest_words(salt, entry.words)
    entry_id = clock.next_id()
    row = (
        entry.bank_id,
        entry_id,
        entry.key,
        entry.kind.value,
        entry.occurred_on.isoformat(),
        moment(entry.recorded_at, postgresql=postgresql),
        entry.recorded_by,
        entry.on_behalf_of,
        entry.approved_by,
        entry.deed,
        entry.reverses,
        entry.resolves,
        lines_literal(entry.lines, postgresql=postgresql),
        words_digest,
        digest_entry(books_key, entry, words_digest),
    )
    return row, None if salt is None else (entry.bank_id, entry_id, entry.words, salt)


def lines_literal(lines: Sequence[Line], *, postgresql: bool) -> str:
    """The lines as one literal, `{{from,to,minutes}}` or its JSON twin; a reversal's name the mirrored line fourth."""
    literal = _json_lines(lines)
    return literal.replace("[", "{").replace("]", "}") if postgresql else literal


def _json_lines(lines: Sequence[Line]) -> str:
    told = [
        f"[{line.from_account},{line.to_account},{line.minutes},{line.mirrors}]"
        if line.mirrors
        else f"[{line.from_account},{line.to_account},{line.minutes}]"
        for line in lines
    ]
    return f"[{','.join(told)}]"


def digest_words(salt: bytes | None, words: str | None) -> bytes | None:
    """HMAC-SHA256 (RFC 2104) of an entry's words under their own salt; None where there are no words."""
    if words is None or salt is None:
        return None
    return hmac.digest(salt, words.encode(), hashlib.sha256)


def digest_entry(books_key: bytes, entry: NewEntry, words_digest: bytes | None) -> bytes:
    """HMAC-SHA256 (RFC 2104) of a whole deed under the books' key; what is hashed is told by `canonical_entry`."""
    return hmac.digest(books_key, canonical_entry(entry, words_digest).encode(), hashlib.sha256)


def canonical_entry(entry: NewEntry, words_digest: bytes | None) -> str:
    """Every column of the entry but its id, the time of recording and the words themselves, as canonical JSON.

    `resolves` stands in it only where it ends a hold. So a replay is told from another deed, and a row rewritten in
    the database alone no longer fits. Names are sorted, with no spaces, as `json` would write it at four times the
    cost.
    """
    resolves = "" if entry.resolves is None else f'"resolves":{entry.resolves},'
    words = "null" if words_digest is None else f'"{words_digest.hex()}"'
    return (
        f'{{"approved_by":{_or_null(entry.approved_by)},"bank_id":{entry.bank_id},"deed":{_quoted(entry.deed)},'
        f'"key":{_quoted(entry.key)},"kind":"{entry.kind.value}","lines":{_json_lines(entry.lines)},'
        f'"occurred_on":"{entry.occurred_on.isoformat()}","on_behalf_of":{_or_null(entry.on_behalf_of)},'
        f'"recorded_by":{entry.recorded_by},{resolves}"reverses":{_or_null(entry.reverses)},"words":{words}}}'
    )


def _or_null(number: int | None) -> int | str:
    return "null" if number is None else number
