"""Lists for a coordinator's review: limit overrides, reversals, and exchanges with one broker for both sides."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from timebank.banks.models import Bank
from timebank.bookkeeping.audit_queries import accounts_as_they_stand, overrides_in_force
from timebank.exchanges.models import NOT_SIGNED_IN, Exchange, ExchangeStep, Reversal
from timebank.members.models import Membership, Person
from timebank.rows import Page, columns_of, fetch, fetch_numbered, fetch_page

ROWS_A_PAGE = 25


class OverrideRow(NamedTuple):
    """A temporary limit of an account: its floor in minutes, until when, why, and the account and its holder."""

    account_id: int
    floor: int
    reason: str
    until: date
    recorded_by: int | None
    recorded_at: datetime
    balance: int
    kind: str
    name: str | None
    code: str | None


class ReversalRow(NamedTuple):
    """A reversal, and the code, words, minutes and sides of its exchange."""

    id: int
    code: str
    reason: str
    proposed_by: int
    proposed_at: datetime
    giver_agreed_by: int | None
    receiver_agreed_by: int | None
    approved_by: int | None
    refused_by: int | None
    closed_at: datetime | None
    exchange_code: str
    what: str
    minutes: int
    giver_account_id: int
    receiver_account_id: int


class SpokenForRow(NamedTuple):
    """An exchange in which one broker acted for both sides; `done_by` is that broker."""

    id: int
    code: str
    what: str
    state: str
    minutes: int | None
    occurred_on: date | None
    giver_account_id: int
    receiver_account_id: int
    done_by: int


class ActedStep(NamedTuple):
    """A step of an exchange that was taken for a member, or by a member's text; columns as in `ExchangeStep`."""

    exchange_id: int
    deed: str
    done_by: int
    done_at: datetime
    on_behalf_of: int | None
    how: str
    evidence: str | None


def list_overrides(session: Session, bank: Bank, *, page: int = 1, size: int = ROWS_A_PAGE) -> Page[OverrideRow]:
    """Return page `page` (from 1) of temporary limit overrides, the first to end on top."""
    changes, accounts = overrides_in_force(bank.id).subquery(), accounts_as_they_stand(bank.id).subquery()
    query = (
        select(*changes.c, accounts.c.balance, accounts.c.kind, Person.name, Membership.code)
        .join(accounts, accounts.c.id == changes.c.account_id)
        .outerjoin(Membership, and_(Membership.bank_id == bank.id, Membership.account_id == changes.c.account_id))
        .outerjoin(Person, Person.id == Membership.person_id)
        .order_by(changes.c.until, changes.c.account_id)
    )
    return fetch_numbered(session, query, OverrideRow, size, page)


def list_reversals(session: Session, bank_id: int, *, waits: bool, below: int | None = None) -> Page[ReversalRow]:
    """Return a page of open (`waits`) or answered reversals, newest first."""
    query = (
        select(
            Reversal.id,
            Reversal.code,
            Reversal.reason,
            Reversal.proposed_by,
            Reversal.proposed_at,
            Reversal.giver_agreed_by,
            Reversal.receiver_agreed_by,
            Reversal.approved_by,
            Reversal.refused_by,
            Reversal.closed_at,
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
    return fetch_page(session, query.order_by(Reversal.id.desc()), ReversalRow, ROWS_A_PAGE)


def list_one_broker(session: Session, bank_id: int, *, below: int | None = None) -> Page[SpokenForRow]:
    """Return a page of exchanges in which one broker acted for both sides, newest first."""
    return _list_spoken_for(session, bank_id, one_broker(bank_id), below)


def list_not_signed_in(session: Session, bank_id: int, *, below: int | None = None) -> Page[SpokenForRow]:
    """Return a page of exchanges that time or a text message answered, newest first."""
    return _list_spoken_for(session, bank_id, not_signed_in(bank_id), below)


def _list_spoken_for(
    session: Session, bank_id: int, of_steps: Select[int, int | None], below: int | None
) -> Page[SpokenForRow]:
    steps = of_steps.subquery()
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
            steps.c.done_by,
        )
        .join(steps, and_(Exchange.bank_id == bank_id, Exchange.id == steps.c.exchange_id))
        .where(Exchange.bank_id == bank_id)
    )
    query = query.where(Exchange.id < below) if below is not None else query
    return fetch_page(session, query.order_by(Exchange.id.desc()), SpokenForRow, ROWS_A_PAGE)


def list_acted_steps(session: Session, bank_id: int, exchange_ids: Sequence[int]) -> list[ActedStep]:
    """Return the steps of these exchanges that nobody took who was signed in as themselves, in order."""
    query = select(*columns_of(ExchangeStep, ActedStep)).where(
        ExchangeStep.bank_id == bank_id,
        ExchangeStep.exchange_id.in_(exchange_ids),
        ExchangeStep.how.is_not(None),
    )
    return fetch(session, query.order_by(ExchangeStep.exchange_id, ExchangeStep.number), ActedStep)


def one_broker(bank_id: int) -> Select[int, int | None]:
    """Select (exchange_id, done_by) where one membership acted on behalf of two others."""
    return (
        select(ExchangeStep.exchange_id, func.min(ExchangeStep.done_by).label("done_by"))
        .where(ExchangeStep.bank_id == bank_id, ExchangeStep.on_behalf_of.is_not(None))
        .group_by(ExchangeStep.exchange_id, ExchangeStep.done_by)
        .having(func.count(ExchangeStep.on_behalf_of.distinct()) > 1)
    )


def not_signed_in(bank_id: int) -> Select[int, int | None]:
    """Select (exchange_id, done_by) where time spoke for a side, or a side answered by a text message."""
    return (
        select(ExchangeStep.exchange_id, func.min(ExchangeStep.done_by).label("done_by"))
        .where(ExchangeStep.bank_id == bank_id, NOT_SIGNED_IN)
        .group_by(ExchangeStep.exchange_id)
    )
