"""Which rows are sealed, and how each kind of row is encoded as a leaf (docs/ledger.md)."""

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
from timebank.ledger.leaves import JsonValue, LeafKind, encode, encode_day, encode_id, encode_moment
from timebank.ledger.merkle import hash_leaf

AnyRow = Row[*tuple[Any, ...]]
Column = InstrumentedAttribute[Any]


@dataclass(frozen=True, slots=True)
class LeafSource:
    """How one kind of row is sealed: its columns, its one or two key columns in the bank, and its leaf encoder."""

    kind: LeafKind
    model: type[Account | AccountHolder | Closing | Entry | Hold | LimitChange | SealLog]
    columns: tuple[Column, ...]
    key: tuple[Column, ...]
    #: Returns the leaf of a row, given the books' key; raises one of `CANNOT_ENCODE` for malformed values.
    encode: Callable[[AnyRow, bytes], bytes]
    #: Condition for rows of this kind; None: all rows of the table.
    only: ColumnElement[bool] | None = None

    @property
    def has_such_row(self) -> ColumnElement[bool]:
        """The condition that a row is of this kind."""
        return true() if self.only is None else self.only

    @property
    def is_leaf(self) -> ColumnElement[bool]:
        """The condition that a leaf is that of the row."""
        number = self.key[1] if len(self.key) > 1 else literal(0)
        return and_(
            Leaf.bank_id == self.model.bank_id,
            Leaf.kind == self.kind.value,
            Leaf.subject_id == self.key[0],
            Leaf.subject_number == number,
        )

    def subject(self, row: AnyRow) -> tuple[int, int]:
        """Return the row's key as (id, number); the number is 0 if the key is an id alone."""
        number = getattr(row, self.key[1].key) if len(self.key) > 1 else 0
        return getattr(row, self.key[0].key), number

    def hash_of(self, row: AnyRow, books_key: bytes) -> bytes:
        """Return the hash of the row's leaf."""
        return hash_leaf(self.encode(row, books_key))


def _encoder(
    kind: LeafKind, fields: Callable[[AnyRow, bytes], Mapping[str, JsonValue]]
) -> Callable[[AnyRow, bytes], bytes]:
    """Return the leaf encoder of a kind from the function that returns a row's fields."""
    return lambda row, books_key: encode(kind, fields(row, books_key))


def _log_fields(row: AnyRow, _books_key: bytes) -> Mapping[str, JsonValue]:
    """Where a new log begins, and the published seal that the books cannot continue."""
    return {
        "bank_id": encode_id(row.bank_id),
        "number": row.number,
        "size": row.size,
        "after_seal": row.after_seal,
        "checkpoint": row.checkpoint,
        "begun_at": encode_moment(row.begun_at),
    }


def _account_fields(row: AnyRow, _books_key: bytes) -> Mapping[str, JsonValue]:
    """Only what never changes: entries and limit changes, which do change an account, are leaves of their own."""
    return {
        "bank_id": encode_id(row.bank_id),
        "id": encode_id(row.id),
        "kind": row.kind,
        "opened_at": encode_moment(row.opened_at),
    }


def _limit_change_fields(row: AnyRow, books_key: bytes) -> Mapping[str, JsonValue]:
    return {
        "bank_id": encode_id(row.bank_id),
        "account_id": encode_id(row.account_id),
        "number": row.number,
        "floor": row.floor,
        "until": encode_day(row.until),
        "recorded_by": encode_id(row.recorded_by),
        "recorded_at": encode_moment(row.recorded_at),
        "reason_digest": _digest_reason(
            row.reason, f"limit_change/{row.bank_id}/{row.account_id}/{row.number}", books_key
        ).hex(),
    }


def _closing_fields(row: AnyRow, books_key: bytes) -> Mapping[str, JsonValue]:
    return {
        "bank_id": encode_id(row.bank_id),
        "id": encode_id(row.id),
        "kind": row.kind,
        "account_id": encode_id(row.account_id),
        "month": encode_day(row.month),
        "figures": row.figures,
        "recorded_by": encode_id(row.recorded_by),
        "approved_by": encode_id(row.approved_by),
        "recorded_at": encode_moment(row.recorded_at),
        "reason_digest": _digest_reason(row.reason, f"closing/{row.bank_id}/{row.id}", books_key).hex(),
    }


def _digest_reason(reason: str, row_key: str, books_key: bytes) -> bytes:
    """Return HMAC-SHA256 of a reason under a salt derived from the books' key and the row's key.

    A reason may name people, so its digest needs a salt, and the table has no column for one.
    """
    salt = hmac.digest(books_key, row_key.encode(), "sha256")
    return hmac.digest(salt, reason.encode(), "sha256")


def _hold_fields(row: AnyRow, _books_key: bytes) -> Mapping[str, JsonValue]:
    """The hold as it was placed; its resolution is a leaf of its own."""
    return {
        "bank_id": encode_id(row.bank_id),
        "id": encode_id(row.id),
        "account_id": encode_id(row.account_id),
        "minutes": row.minutes,
        "unagreed_minutes": row.unagreed_minutes,
        "deed": row.deed,
        "placed_at": encode_moment(row.placed_at),
    }


def _resolved_fields(row: AnyRow, _books_key: bytes) -> Mapping[str, JsonValue]:
    return {"bank_id": encode_id(row.bank_id), "id": encode_id(row.id), "resolved_at": encode_moment(row.resolved_at)}


def _holder_fields(row: AnyRow, _books_key: bytes) -> Mapping[str, JsonValue]:
    return holder_fields(row._asdict())


def _encode_entry(row: AnyRow, _books_key: bytes) -> bytes:
    return encode_entry(plain_values(row))


SOURCES: Mapping[LeafKind, LeafSource] = {
    LeafKind.LOG: LeafSource(
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
        _encoder(LeafKind.LOG, _log_fields),
    ),
    LeafKind.ACCOUNT: LeafSource(
        LeafKind.ACCOUNT,
        Account,
        (Account.bank_id, Account.id, Account.kind, Account.opened_at),
        (Account.id,),
        _encoder(LeafKind.ACCOUNT, _account_fields),
    ),
    LeafKind.HOLDER: LeafSource(
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
        _encoder(LeafKind.HOLDER, _holder_fields),
    ),
    LeafKind.LIMIT_CHANGE: LeafSource(
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
        _encoder(LeafKind.LIMIT_CHANGE, _limit_change_fields),
    ),
    LeafKind.HOLD: LeafSource(
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
        _encoder(LeafKind.HOLD, _hold_fields),
    ),
    LeafKind.ENTRY: LeafSource(
        LeafKind.ENTRY,
        Entry,
        tuple(getattr(Entry, name) for name, _form in FIELDS),
        (Entry.id,),
        _encode_entry,
    ),
    LeafKind.HOLD_RESOLVED: LeafSource(
        LeafKind.HOLD_RESOLVED,
        Hold,
        (Hold.bank_id, Hold.id, Hold.resolved_at),
        (Hold.id,),
        _encoder(LeafKind.HOLD_RESOLVED, _resolved_fields),
        Hold.resolved_at.is_not(None),
    ),
    LeafKind.CLOSING: LeafSource(
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
        _encoder(LeafKind.CLOSING, _closing_fields),
    ),
}
