"""Rows of the books as what is sealed of them: where each kind lies, what names a row, and what is told of it."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, literal, true
from sqlalchemy.orm import InstrumentedAttribute

from timebank.bookkeeping.closing_models import Closing
from timebank.bookkeeping.encoding import FIELDS, encode_entry, holder_fields, plain_values
from timebank.bookkeeping.holder_models import AccountHolder
from timebank.bookkeeping.models import Account, Entry, Hold, LimitChange
from timebank.bookkeeping.sealing.models import Leaf, SealLog
from timebank.ledger.leaves import LeafKind, Told, encode, tell_day, tell_id, tell_moment
from timebank.ledger.merkle import hash_leaf

AnyRow = Row[*tuple[Any, ...]]
Column = InstrumentedAttribute[Any]


@dataclass(frozen=True, slots=True)
class Source:
    """Where rows of a kind lie: their columns, the one or two that name a row in its bank, and what is told."""

    kind: LeafKind
    model: type[Account | AccountHolder | Closing | Entry | Hold | LimitChange | SealLog]
    columns: tuple[Column, ...]
    place: tuple[Column, ...]
    encode: Callable[[AnyRow, bytes], bytes]
    #: Which rows of the table are of this kind; None: all of them.
    only: ColumnElement[bool] | None = None

    @property
    def has_such_row(self) -> ColumnElement[bool]:
        """That a row is of this kind."""
        return true() if self.only is None else self.only

    @property
    def is_leaf(self) -> ColumnElement[bool]:
        """That a leaf is about the row."""
        number = self.place[1] if len(self.place) > 1 else literal(0)
        return and_(
            Leaf.bank_id == self.model.bank_id,
            Leaf.kind == self.kind.value,
            Leaf.subject_id == self.place[0],
            Leaf.subject_number == number,
        )

    def subject(self, row: AnyRow) -> tuple[int, int]:
        """What names a row: (id, number), the number 0 where the id is enough."""
        number = getattr(row, self.place[1].key) if len(self.place) > 1 else 0
        return getattr(row, self.place[0].key), number

    def bytes_of(self, row: AnyRow, books_key: bytes) -> bytes:
        """Return the leaf as docs/ledger.md specifies it."""
        return self.encode(row, books_key)

    def hash_of(self, row: AnyRow, books_key: bytes) -> bytes:
        """The leaf's hash."""
        return hash_leaf(self.bytes_of(row, books_key))


def _told(kind: LeafKind, tell: Callable[[AnyRow, bytes], Mapping[str, Told]]) -> Callable[[AnyRow, bytes], bytes]:
    """Return the encoder of a kind from the function that lists its fields."""
    return lambda row, books_key: encode(kind, tell(row, books_key))


def _tell_log(row: AnyRow, _books_key: bytes) -> Mapping[str, Told]:
    """Where a new log begins, and the seal that the books could not go on from."""
    return {
        "bank_id": tell_id(row.bank_id),
        "number": row.number,
        "size": row.size,
        "after_seal": row.after_seal,
        "checkpoint": row.checkpoint,
        "begun_at": tell_moment(row.begun_at),
    }


def _tell_account(row: AnyRow, _books_key: bytes) -> Mapping[str, Told]:
    """How an account was opened: what moves it later are entries and limit changes, each a leaf of its own."""
    return {
        "bank_id": tell_id(row.bank_id),
        "id": tell_id(row.id),
        "kind": row.kind,
        "opened_at": tell_moment(row.opened_at),
    }


def _tell_limit_change(row: AnyRow, books_key: bytes) -> Mapping[str, Told]:
    return {
        "bank_id": tell_id(row.bank_id),
        "account_id": tell_id(row.account_id),
        "number": row.number,
        "floor": row.floor,
        "until": tell_day(row.until),
        "recorded_by": tell_id(row.recorded_by),
        "recorded_at": tell_moment(row.recorded_at),
        "reason_digest": _digest_reason(
            row.reason, f"limit_change/{row.bank_id}/{row.account_id}/{row.number}", books_key
        ).hex(),
    }


def _tell_closing(row: AnyRow, books_key: bytes) -> Mapping[str, Told]:
    return {
        "bank_id": tell_id(row.bank_id),
        "id": tell_id(row.id),
        "kind": row.kind,
        "account_id": tell_id(row.account_id),
        "month": tell_day(row.month),
        "figures": row.figures,
        "recorded_by": tell_id(row.recorded_by),
        "approved_by": tell_id(row.approved_by),
        "recorded_at": tell_moment(row.recorded_at),
        "reason_digest": _digest_reason(row.reason, f"closing/{row.bank_id}/{row.id}", books_key).hex(),
    }


def _digest_reason(reason: str, place: str, books_key: bytes) -> bytes:
    """HMAC-SHA256 of a reason under a salt of its own.

    A reason may name people and the row keeps no salt, so the salt is made of what names the row and the books' key.
    """
    salt = hmac.new(books_key, place.encode(), hashlib.sha256).digest()
    return hmac.new(salt, reason.encode(), hashlib.sha256).digest()


def _tell_hold(row: AnyRow, _books_key: bytes) -> Mapping[str, Told]:
    """How a hold was placed."""
    return {
        "bank_id": tell_id(row.bank_id),
        "id": tell_id(row.id),
        "account_id": tell_id(row.account_id),
        "minutes": row.minutes,
        "unagreed_minutes": row.unagreed_minutes,
        "deed": row.deed,
        "placed_at": tell_moment(row.placed_at),
    }


def _tell_resolved(row: AnyRow, _books_key: bytes) -> Mapping[str, Told]:
    return {"bank_id": tell_id(row.bank_id), "id": tell_id(row.id), "resolved_at": tell_moment(row.resolved_at)}


def _holder_fields(row: AnyRow, _books_key: bytes) -> Mapping[str, Told]:
    return holder_fields(row._asdict())


def _encode_entry(row: AnyRow, _books_key: bytes) -> bytes:
    return encode_entry(plain_values(row))


SOURCES: Mapping[LeafKind, Source] = {
    LeafKind.LOG: Source(
        LeafKind.LOG,
        SealLog,
        (
            SealLog.bank_id,
            SealLog.number,
            SealLog.size,
            SealLog.after_seal,
            SealLog.checkpoint,
            SealLog.begun_at,
        ),
        (SealLog.number,),
        _told(LeafKind.LOG, _tell_log),
    ),
    LeafKind.ACCOUNT: Source(
        LeafKind.ACCOUNT,
        Account,
        (Account.bank_id, Account.id, Account.kind, Account.opened_at),
        (Account.id,),
        _told(LeafKind.ACCOUNT, _tell_account),
    ),
    LeafKind.HOLDER: Source(
        LeafKind.HOLDER,
        AccountHolder,
        (
            AccountHolder.bank_id,
            AccountHolder.account_id,
            AccountHolder.number,
            AccountHolder.kind,
            AccountHolder.holder_id,
            AccountHolder.recorded_by,
            AccountHolder.recorded_at,
        ),
        (AccountHolder.account_id, AccountHolder.number),
        _told(LeafKind.HOLDER, _holder_fields),
    ),
    LeafKind.LIMIT_CHANGE: Source(
        LeafKind.LIMIT_CHANGE,
        LimitChange,
        (
            LimitChange.bank_id,
            LimitChange.account_id,
            LimitChange.number,
            LimitChange.floor,
            LimitChange.reason,
            LimitChange.until,
            LimitChange.recorded_by,
            LimitChange.recorded_at,
        ),
        (LimitChange.account_id, LimitChange.number),
        _told(LeafKind.LIMIT_CHANGE, _tell_limit_change),
    ),
    LeafKind.HOLD: Source(
        LeafKind.HOLD,
        Hold,
        (
            Hold.bank_id,
            Hold.id,
            Hold.account_id,
            Hold.minutes,
            Hold.unagreed_minutes,
            Hold.deed,
            Hold.placed_at,
        ),
        (Hold.id,),
        _told(LeafKind.HOLD, _tell_hold),
    ),
    LeafKind.ENTRY: Source(
        LeafKind.ENTRY,
        Entry,
        tuple(getattr(Entry, name) for name, _form in FIELDS),
        (Entry.id,),
        _encode_entry,
    ),
    LeafKind.HOLD_RESOLVED: Source(
        LeafKind.HOLD_RESOLVED,
        Hold,
        (Hold.bank_id, Hold.id, Hold.resolved_at),
        (Hold.id,),
        _told(LeafKind.HOLD_RESOLVED, _tell_resolved),
        Hold.resolved_at.is_not(None),
    ),
    LeafKind.CLOSING: Source(
        LeafKind.CLOSING,
        Closing,
        (
            Closing.bank_id,
            Closing.id,
            Closing.kind,
            Closing.account_id,
            Closing.month,
            Closing.figures,
            Closing.reason,
            Closing.recorded_by,
            Closing.approved_by,
            Closing.recorded_at,
        ),
        (Closing.id,),
        _told(LeafKind.CLOSING, _tell_closing),
    ),
}
