"""A new entry and the row that is inserted for it, with its mark.

On the hot path of every posting, so written for speed; docs/ledger.md specifies the content of the row.
"""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from timebank import clock
from timebank.bookkeeping.encoding import COLUMNS, encode_entry, mark
from timebank.driver import moment
from timebank.ledger.entries import LONGEST_DEED, LONGEST_KEY, EntryKind, Line
from timebank.ledger.errors import EntryNotWholeError, NotAMirrorError

_SALT_BYTES = 16
_NUL = "\0"
_LINES, _RECORDED_AT = COLUMNS.index("lines"), COLUMNS.index("recorded_at")
Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to be posted.

    `key` makes posting idempotent per bank and is derived from the deed; `deed` is an opaque reference to it.
    `recorded_by`, `on_behalf_of` and `approved_by` are memberships, the first two of the bank `recorder_bank_id` if it
    is not None. `resolves` is the id of the hold that the entry resolves; `words` can later be erased.
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
    recorder_bank_id: int | None = None

    def __post_init__(self) -> None:
        """Check what the two databases would refuse with different errors.

        Raises EntryNotWholeError for texts that do not fit, NotAMirrorError if only some lines mirror another line.
        """
        if len(self.key) > LONGEST_KEY or len(self.deed) > LONGEST_DEED or _NUL in f"{self.key}{self.deed}{self.words}":
            raise EntryNotWholeError
        if len({line.mirrors is None for line in self.lines}) > 1:
            raise NotAMirrorError


def rows_of(entry: NewEntry, books_key: bytes, *, postgresql: bool) -> tuple[Values, Values | None]:
    """Return (the entry's row with a new id, in the order of `COLUMNS`; its memo's row, None without words)."""
    salt = secrets.token_bytes(_SALT_BYTES) if entry.words is not None else None
    entry_id = clock.next_id()
    row = marked_row(entry, books_key, digest_words(salt, entry.words), entry_id, moment(entry.recorded_at))
    memo = None if salt is None else (entry.bank_id, entry_id, entry.words, salt)
    return (as_postgresql_row(row) if postgresql else row), memo


def rows_by_name(entry: NewEntry, books_key: bytes) -> tuple[dict[str, Any], Values]:
    """Return (the entry's row for PostgreSQL by column; its words and their salt, both None without words)."""
    row, memo = rows_of(entry, books_key, postgresql=True)
    return dict(zip(COLUMNS, row, strict=True)), memo[2:] if memo else (None, None)


def marked_row(
    entry: NewEntry, books_key: bytes, words_digest: bytes | None, entry_id: int, recorded_at: str
) -> Values:
    """Return the row of an entry as SQLite stores it, its mark last.

    To detect a replay, an entry is marked with the id and moment of the existing row: the marks are equal if and only
    if it is the same entry.
    """
    row = (
        entry.approved_by,
        entry.bank_id,
        entry.deed,
        entry_id,
        entry.key,
        entry.kind.value,
        json_lines(entry.lines),
        entry.occurred_on.isoformat(),
        entry.on_behalf_of,
        recorded_at,
        entry.recorded_by,
        entry.recorder_bank_id,
        entry.resolves,
        entry.reverses,
        words_digest,
    )
    return (*row, mark(books_key, encode_entry(row)))


def as_postgresql_row(row: Values) -> Values:
    """Return the row for PostgreSQL: lines as an array literal, the moment with its UTC offset."""
    values = list(row)
    values[_LINES] = row[_LINES].replace("[", "{").replace("]", "}")
    values[_RECORDED_AT] = row[_RECORDED_AT] + "+00"
    return tuple(values)


def json_lines(lines: Sequence[Line]) -> str:
    """Return lines as JSON without spaces: `[[from,to,minutes]]`, with the mirrored line as fourth in a reversal."""
    parts = [
        f"[{line.from_account},{line.to_account},{line.minutes},{line.mirrors}]"
        if line.mirrors
        else f"[{line.from_account},{line.to_account},{line.minutes}]"
        for line in lines
    ]
    return f"[{','.join(parts)}]"


def digest_words(salt: bytes | None, words: str | None) -> bytes | None:
    """Return HMAC-SHA256 (RFC 2104) of an entry's words under their own salt; None where there are no words."""
    if words is None or salt is None:
        return None
    return hmac.digest(salt, words.encode(), "sha256")
