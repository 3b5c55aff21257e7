"""Lists for a coordinator's review: limit overrides, reversals, and exchanges with one broker for both sides."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.orm import Session

from timebank.banks.models import Bank
from timebank.bookkeeping.audit_queries import accounts_as_they_stand, overrides_in_force
from timebank.exchanges.models import Exchange, ExchangeStep, Reversal
from timebank.members.models import Membership, Person

ROWS_A_PAGE = 25


@dataclass(frozen=True, slots=True)
class RowsPage:
    """One page of rows; `older` is the id to page from (None: this is the last page)."""

    rows: Sequence[Row[*tuple[Any, ...]]]
    older: int | None


@dataclass(frozen=True, slots=True)
class NumberedPage:
    """Page `number` (from 1) of rows, and whether there is another."""

    rows: Sequence[Row[*tuple[Any, ...]]]
    number: int
    has_next: bool


def list_overrides(session: Session, bank: Bank, *, page: int = 1, size: int = ROWS_A_PAGE) -> NumberedPage:
    """Return page `page` (from 1) of temporary limit overrides, the first to end on top.

    Columns: account_id, floor, reason, until, recorded_by, recorded_at, balance, kind, name, code.
    """
    changes, accounts = overrides_in_force(bank.id).subquery(), accounts_as_they_stand(bank.id).subquery()
    rows = session.execute(
        select(*changes.c, accounts.c.balance, accounts.c.kind, Person.name, Membership.code)
        .join(accounts, accounts.c.id == changes.c.account_id)
        .outerjoin(Membership, and_(Membership.bank_id == bank.id, Membership.account_id == changes.c.account_id))
        .outerjoin(Person, Person.id == Membership.person_id)
        .order_by(changes.c.until, changes.c.account_id)
        .limit(size + 1)
        .offset((page - 1) * size)
    ).all()
    return NumberedPage(rows[:size], page, len(rows) > size)


def list_reversals(session: Session, bank_id: int, *, waits: bool, below: int | None = None) -> RowsPage:
    """Return a page of open (`waits`) or answered reversals, newest first.

    Columns: those of a reversal, and of its exchange: exchange_code, what, minutes, giver_ and receiver_account_id.
    """
    query = (
        select(
            *Reversal.__table__.c,
            Exchange.code.label("exchange_code"),
            Exchange.what,
            Exchange.minutes,
            Exchange.giver_account_id,
            Exchange.receiver_account_id,
        )
        .join(Exchange, and_(Exchange.bank_id == Reversal.bank_id, Exchange.id == Reversal.exchange_id))
        .where(Reversal.bank_id == bank_id)
        .where(Reversal.closed_at.is_(None) if waits else Reversal.closed_at.is_not(None))
    )
    query = query.where(Reversal.id < below) if below is not None else query
    rows = session.execute(query.order_by(Reversal.id.desc()).limit(ROWS_A_PAGE + 1)).all()
    return RowsPage(rows[:ROWS_A_PAGE], rows[ROWS_A_PAGE - 1].id if len(rows) > ROWS_A_PAGE else None)


def list_one_broker(session: Session, bank_id: int, *, below: int | None = None) -> RowsPage:
    """Return a page of exchanges in which one broker acted for both sides, newest first.

    Columns: id, code, what, state, minutes, occurred_on, giver_account_id, receiver_account_id, done_by.
    """
    both = one_broker(bank_id).subquery()
    query = (
        select(
            Exchange.id,
            Exchange.code,
            Exchange.what,
            Exchange.state,
            Exchange.minutes,
            Exchange.occurred_on,
            Exchange.giver_account_id,
            Exchange.receiver_account_id,
            both.c.done_by,
        )
        .join(both, and_(Exchange.bank_id == bank_id, Exchange.id == both.c.exchange_id))
        .where(Exchange.bank_id == bank_id)
    )
    query = query.where(Exchange.id < below) if below is not None else query
    rows = session.execute(query.order_by(Exchange.id.desc()).limit(ROWS_A_PAGE + 1)).all()
    return RowsPage(rows[:ROWS_A_PAGE], rows[ROWS_A_PAGE - 1].id if len(rows) > ROWS_A_PAGE else None)


def list_acted_steps(session: Session, bank_id: int, exchange_ids: Sequence[int]) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the steps of these exchanges that brokers took for members.

    Columns: exchange_id, deed, done_by, done_at, on_behalf_of, how, evidence.
    """
    return session.execute(
        select(
            ExchangeStep.exchange_id,
            ExchangeStep.deed,
            ExchangeStep.done_by,
            ExchangeStep.done_at,
            ExchangeStep.on_behalf_of,
            ExchangeStep.how,
            ExchangeStep.evidence,
        )
        .where(
            ExchangeStep.bank_id == bank_id,
            ExchangeStep.exchange_id.in_(exchange_ids),
            ExchangeStep.on_behalf_of.is_not(None),
        )
        .order_by(ExchangeStep.exchange_id, ExchangeStep.number)
    ).all()


def one_broker(bank_id: int) -> Select[int, int | None]:
    """Select (exchange_id, done_by) where one membership acted on behalf of two others."""
    return (
        select(ExchangeStep.exchange_id, func.min(ExchangeStep.done_by).label("done_by"))
        .where(ExchangeStep.bank_id == bank_id, ExchangeStep.on_behalf_of.is_not(None))
        .group_by(ExchangeStep.exchange_id, ExchangeStep.done_by)
        .having(func.count(ExchangeStep.on_behalf_of.distinct()) > 1)
    )
