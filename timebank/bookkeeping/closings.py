"""Closing accounts at zero balance, reopening them, and signing off months: an append-only table."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from timebank import clock
from timebank.bookkeeping.closing_models import Closing
from timebank.bookkeeping.models import Account
from timebank.bookkeeping.refusals import insert_rows
from timebank.ledger.closings import ClosingKind
from timebank.rows import columns_of, fetch, fetch_first


class ClosingRow(NamedTuple):
    """A closing or reopening of an account."""

    id: int
    kind: str
    account_id: int
    reason: str
    recorded_by: int
    approved_by: int | None
    recorded_at: datetime


class SignedMonth(NamedTuple):
    """A month that was signed off, with its figures in canonical JSON."""

    bank_id: int
    month: date
    figures: str
    reason: str
    recorded_by: int
    approved_by: int | None
    recorded_at: datetime


_SIGNED = columns_of(Closing, SignedMonth)


def close_account(session: Session, bank_id: int, account_id: int, *, reason: str, by: int, now: datetime) -> None:
    """Close an account whose balance and holds are zero, so that nothing can be posted to it.

    Raises AccountClosedError if it has a balance or holds, or is closed already.
    """
    _write(session, bank_id, ClosingKind.ACCOUNT_CLOSED, account_id=account_id, reason=reason, by=by, now=now)


def reopen_account(  # noqa: PLR0913 (a closing names who, why and when)
    session: Session,
    bank_id: int,
    account_id: int,
    *,
    reason: str,
    by: int,
    now: datetime,
    approved_by: int | None = None,
) -> None:
    """Reopen a closed account. Raises AccountClosedError if it is open."""
    kind = ClosingKind.ACCOUNT_REOPENED
    _write(session, bank_id, kind, account_id=account_id, reason=reason, by=by, now=now, approved_by=approved_by)


def sign_off_month(  # noqa: PLR0913 (a closing names what, who, who approved, why and when)
    session: Session,
    bank_id: int,
    month: date,
    figures: str,
    *,
    reason: str,
    by: int,
    approved_by: int,
    now: datetime,
) -> None:
    """Record the figures (canonical JSON) of a month (its first day) that two people signed off.

    Raises SecondApproverError, or BooksClosedError if the month was signed off before.
    """
    _write(
        session,
        bank_id,
        ClosingKind.MONTH_SIGNED_OFF,
        month=month,
        figures=figures,
        reason=reason,
        by=by,
        approved_by=approved_by,
        now=now,
    )


def is_closed(session: Session, bank_id: int, account_id: int) -> bool:
    """Return whether an account is closed."""
    query = select(Account.closed_at).where(Account.bank_id == bank_id, Account.id == account_id)
    return session.scalar(query) is not None


def list_closed(session: Session, bank_id: int, account_ids: Sequence[int]) -> Sequence[int]:
    """Return the ids of those accounts that are closed, in ascending order."""
    return session.scalars(
        select(Account.id)
        .where(Account.bank_id == bank_id, Account.id.in_(account_ids), Account.closed_at.is_not(None))
        .order_by(Account.id)
    ).all()


def list_signed_off(session: Session, bank_id: int) -> list[SignedMonth]:
    """Return the months that were signed off, newest first."""
    query = select(*_SIGNED).where(Closing.bank_id == bank_id, Closing.month.is_not(None))
    return fetch(session, query.order_by(Closing.month.desc()), SignedMonth)


def list_all_signed_off(session: Session) -> list[SignedMonth]:
    """Return the months that were signed off in all banks, bank by bank, oldest first."""
    query = select(*_SIGNED).where(Closing.month.is_not(None))
    return fetch(session, query.order_by(Closing.bank_id, Closing.month), SignedMonth)


def find_signed_off(session: Session, bank_id: int, month: date) -> SignedMonth | None:
    """Return the sign-off of a month (its first day); None if there is none."""
    query = select(*_SIGNED).where(Closing.bank_id == bank_id, Closing.month == month)
    return fetch_first(session, query, SignedMonth)


def list_closings(session: Session, bank_id: int, account_id: int) -> list[ClosingRow]:
    """Return the closings and reopenings of an account, oldest first."""
    query = select(*columns_of(Closing, ClosingRow))
    query = query.where(Closing.bank_id == bank_id, Closing.account_id == account_id)
    return fetch(session, query.order_by(Closing.id), ClosingRow)


def account_closings() -> Select[*tuple[Any, ...]]:
    """Return a selectable of the closings and reopenings of accounts, for other packages to join.

    Columns: bank_id, id, kind, account_id, recorded_by, recorded_at.
    """
    columns = (Closing.bank_id, Closing.id, Closing.kind, Closing.account_id, Closing.recorded_by, Closing.recorded_at)
    return select(*columns).where(Closing.account_id.is_not(None))


def closed_accounts() -> Select[int, int]:
    """Return a selectable of (bank_id, id) of closed accounts."""
    return select(Account.bank_id, Account.id).where(Account.closed_at.is_not(None))


def _write(  # noqa: PLR0913 (a closing names what, who, who approved, why and when)
    session: Session,
    bank_id: int,
    kind: ClosingKind,
    *,
    reason: str,
    by: int,
    now: datetime,
    account_id: int | None = None,
    month: date | None = None,
    figures: str | None = None,
    approved_by: int | None = None,
) -> None:
    row = {
        "bank_id": bank_id,
        "id": clock.next_id(),
        "kind": kind,
        "account_id": account_id,
        "month": month,
        "figures": figures,
        "reason": reason,
        "recorded_by": by,
        "approved_by": approved_by,
        "recorded_at": now,
    }
    insert_rows(session, Closing, row)
