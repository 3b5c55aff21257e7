"""A row of the books as bytes that a stranger can make again: what a seal is about.

Canonical JSON: one object, its names sorted, no spaces, UTF-8; ids are strings of digits, since they are longer than
some programs can count; minutes are whole numbers; moments are RFC 3339 in UTC with six digits behind the second.
Words never stand in it, only what was made of them under a salt.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum

_write = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


class LeafKind(StrEnum):
    """What is sealed, in the order in which one sealing takes them: first what the others rest on."""

    LOG = "log"
    ACCOUNT = "account"
    HOLDER = "holder"
    LIMIT_CHANGE = "limit_change"
    HOLD = "hold"
    ENTRY = "entry"
    HOLD_RESOLVED = "hold_resolved"
    CLOSING = "closing"


Told = str | int | None | Sequence["Told"]


def encode(kind: LeafKind, fields: Mapping[str, Told]) -> bytes:
    """The leaf's bytes."""
    return canonical({"leaf": kind.value, **fields})


def canonical(told: object) -> bytes:
    """Canonical JSON of what JSON can say."""
    return _write(told).encode()


def tell_id(number: int | None) -> str | None:
    """An id, or nobody."""
    return None if number is None else str(number)


def tell_moment(moment: datetime) -> str:
    """A moment such as 2026-11-21T10:00:00.000000Z."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def tell_day(day: date | None) -> str | None:
    """A day such as 2026-11-21."""
    return None if day is None else day.isoformat()
