"""Encoding of the leaves of the Merkle tree: a row of the books as canonical JSON, reproducible by anybody.

One object, its names sorted, no spaces, UTF-8. Ids are strings of digits, since they exceed the integers that some JSON
parsers read exactly; minutes are numbers; moments are RFC 3339 in UTC with microseconds. Free text is never included,
only its salted digest.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum

_write = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


class LeafKind(StrEnum):
    """The kinds of rows that are sealed, in the order in which one sealing takes them: referenced rows come first."""

    LOG = "log"
    ACCOUNT = "account"
    HOLDER = "holder"
    LIMIT_CHANGE = "limit_change"
    HOLD = "hold"
    ENTRY = "entry"
    HOLD_RESOLVED = "hold_resolved"
    CLOSING = "closing"


#: What a field of a leaf may hold.
JsonValue = str | int | None | Sequence["JsonValue"]


def encode(kind: LeafKind, fields: Mapping[str, JsonValue]) -> bytes:
    """Return the leaf of a row with these fields, as bytes."""
    return canonical({"leaf": kind.value, **fields})


def canonical(value: object) -> bytes:
    """Return a value as canonical JSON in UTF-8. Raises TypeError or ValueError for what JSON cannot represent."""
    return _write(value).encode()


def encode_id(number: int | None) -> str | None:
    """Return an id as decimal text; None stays None."""
    return None if number is None else str(number)


def encode_moment(moment: datetime) -> str:
    """Return an aware datetime such as 2026-11-21T10:00:00.000000Z."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def encode_day(day: date | None) -> str | None:
    """Return a date such as 2026-11-21; None stays None."""
    return None if day is None else day.isoformat()
