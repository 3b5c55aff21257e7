"""Limits of accounts: their history, changing them in bulk, and row locks on accounts."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Table, and_, func, insert, literal, null, select, text
from sqlalchemy.orm import Session, aliased

from timebank.bookkeeping.models import Account, LimitChange
from timebank.db import UtcTime
from timebank.ledger.accounts import AccountKind
from timebank.rows import columns_of, fetch


class LimitRow(NamedTuple):
    """A change of an account's limit: its floor in minutes, and the last day of a temporary one."""

    number: int
    floor: int
    reason: str
    until: date | None
    recorded_by: int | None
    recorded_at: datetime


def lock_accounts(session: Session, bank_id: int, account_ids: Sequence[int]) -> None:
    """Lock the rows of these accounts until the transaction ends, in the order of their ids, to avoid deadlocks.

    Does nothing on SQLite, where a writing transaction has locked the database.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(
            text("SELECT books_lock_accounts(:bank, CAST(:ids AS bigint[]))"),
            {"bank": bank_id, "ids": sorted(account_ids)},
        )


def balances() -> Select[int, int, int]:
    """Return a selectable of (bank_id, id, balance) of all accounts, for other packages to join."""
    return select(Account.bank_id, Account.id, Account.balance)


def list_limits(session: Session, bank_id: int, account_id: int) -> list[LimitRow]:
    """Return all limit changes of an account, newest first; the first row is in force."""
    query = select(*columns_of(LimitChange, LimitRow))
    query = query.where(LimitChange.bank_id == bank_id, LimitChange.account_id == account_id)
    return fetch(session, query.order_by(LimitChange.number.desc()), LimitRow)


class EndedOverride(NamedTuple):
    """An account whose newest limit change has expired, in minutes; `for_good` is its newest floor without an end."""

    id: int
    kind: str
    floor: int
    balance: int
    held: int
    reason: str
    for_good: int | None


def list_ended_overrides(session: Session, bank_id: int, today: date) -> Sequence[EndedOverride]:
    """Return the accounts whose newest limit change expired before today, in the order of their ids."""
    lasting = aliased(LimitChange)
    for_good = (
        select(lasting.floor)
        .where(lasting.bank_id == Account.bank_id, lasting.account_id == Account.id, lasting.until.is_(None))
        .order_by(lasting.number.desc())
        .limit(1)
        .correlate(Account)
        .scalar_subquery()
    )
    columns = (Account.id, Account.kind, Account.floor, Account.balance, Account.held, LimitChange.reason, for_good)
    query = _with_newest_change(select(*columns)).where(
        Account.bank_id == bank_id, Account.floor.is_not(None), LimitChange.until < today
    )
    return fetch(session, query.order_by(Account.id), EndedOverride)


def change_floors(  # noqa: PLR0913 (who, why and when belong to the deed)
    session: Session,
    bank_id: int,
    kind: AccountKind,
    *,
    old: int,
    new: int,
    reason: str,
    by: int | None,
    now: datetime,
) -> int:
    """Change the floor of all accounts of a kind from `old`, without an end, to `new` minutes; return how many.

    Accounts whose free balance is below the new floor keep the old one.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(
            text(
                "SELECT books_lock_accounts(:bank,"
                " (SELECT array_agg(id) FROM account WHERE bank_id = :bank AND kind = :kind))"
            ),
            {"bank": bank_id, "kind": kind},
        )
    affected = and_(
        Account.bank_id == bank_id,
        Account.kind == kind,
        Account.floor == old,
        Account.balance - Account.held >= new,
        LimitChange.until.is_(None),
    )
    count = session.scalar(_with_newest_change(select(func.count(Account.id))).where(affected)) or 0
    rows = {
        "bank_id": Account.bank_id,
        "account_id": Account.id,
        "number": LimitChange.number + 1,
        "floor": literal(new),
        "reason": literal(reason),
        "until": null(),
        "recorded_by": literal(by),
        "recorded_at": literal(now, type_=UtcTime()),
    }
    _insert_from(session, rows, affected)
    return count


def _insert_from(session: Session, rows: dict[str, Any], affected: ColumnElement[bool]) -> None:
    query = _with_newest_change(select(*(column.label(name) for name, column in rows.items()))).where(affected)
    table: Table = LimitChange.__table__  # type: ignore[assignment]
    session.execute(insert(table).from_select(list(rows), query))


def _with_newest_change(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Return the query with each account joined to its newest limit change."""
    newest = (
        select(func.max(LimitChange.number))
        .where(LimitChange.bank_id == Account.bank_id, LimitChange.account_id == Account.id)
        .correlate(Account)
        .scalar_subquery()
    )
    return query.select_from(Account).join(
        LimitChange,
        (LimitChange.bank_id == Account.bank_id)
        & (LimitChange.account_id == Account.id)
        & (LimitChange.number == newest),
    )
