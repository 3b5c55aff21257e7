"""Queries of exchanges for pages. Lists return read models, newest first, a page at a time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, union_all
from sqlalchemy.orm import Session

from timebank import subjects
from timebank.exchanges import of_requests  # noqa: F401 (registers how helpers of a request are counted)
from timebank.exchanges.models import Exchange, ExchangeStep, Reversal
from timebank.exchanges.rules import MOVED, OPEN, OfExchange, Side, State
from timebank.references import Subject
from timebank.rows import Page, columns_of, fetch, fetch_page

EXCHANGES_A_PAGE = 25
MOST_OPEN = 50


def find_exchange(session: Session, bank_id: int, code: str) -> Exchange | None:
    """Return the exchange of the bank with this code; None if there is none."""
    return session.scalar(select(Exchange).where(Exchange.bank_id == bank_id, Exchange.code == code))


@dataclass(frozen=True, slots=True)
class ExchangeRow(OfExchange):
    """An exchange in a list; its columns mean what they mean in `Exchange`."""

    id: int
    code: str
    giver_account_id: int
    receiver_account_id: int
    state: str
    what: str
    proposed_side: str | None
    agreed_on: date | None
    agreed_minutes: int | None
    agreed_time: time | None
    agreed_place: str
    recorded_side: str | None
    occurred_on: date | None
    minutes: int | None
    disputed_minutes: int | None


_COLUMNS = columns_of(Exchange, ExchangeRow)


def list_open(session: Session, bank_id: int, account_id: int) -> Sequence[ExchangeRow]:
    """Return the open exchanges of an account, newest first, at most MOST_OPEN."""
    newest = _newest_of_account(bank_id, account_id, OPEN, MOST_OPEN)
    return fetch(session, newest.limit(MOST_OPEN), ExchangeRow)


def count_waiting_for(session: Session, bank_id: int, account_ids: Collection[int]) -> dict[int, int]:
    """Return {account id: how many exchanges wait for its holder}: asked of them, or to be confirmed; none is left out.

    One query for any number of accounts.
    """
    gives, receives = Exchange.giver_account_id, Exchange.receiver_account_id
    recorded, proposed = Exchange.state == State.RECORDED, Exchange.state == State.PROPOSED
    waits_for = case(
        (recorded & (Exchange.recorded_side == Side.RECEIVER), gives),
        (recorded & (Exchange.recorded_side == Side.GIVER), receives),
        (proposed & (Exchange.proposed_side == Side.RECEIVER), gives),
        (proposed & (Exchange.proposed_side == Side.GIVER), receives),
    )
    is_theirs = or_(gives.in_(account_ids), receives.in_(account_ids))
    waiting = Exchange.state.in_((State.RECORDED, State.PROPOSED))
    query = select(waits_for.label("account_id"), func.count().label("number")).where(
        Exchange.bank_id == bank_id, is_theirs, waiting
    )
    counts = {row.account_id: row.number for row in session.execute(query.group_by(waits_for))}
    return {account_id: counts[account_id] for account_id in account_ids if account_id in counts}


def list_disputed(session: Session, bank_id: int) -> Sequence[ExchangeRow]:
    """Return the disputed exchanges of a bank, oldest first, at most MOST_OPEN."""
    query = select(*_COLUMNS).where(Exchange.bank_id == bank_id, Exchange.state == State.DISPUTED)
    return fetch(session, query.order_by(Exchange.id).limit(MOST_OPEN), ExchangeRow)


def list_exchanges(
    session: Session,
    bank_id: int,
    *,
    account_id: int | None = None,
    state: State | None = None,
    below: int | None = None,
) -> Page[ExchangeRow]:
    """Return a page of a bank's exchanges, newest first: of one account, in one state, with ids under `below`."""
    if account_id is not None:
        states = (state,) if state is not None else tuple(State)
        query = _newest_of_account(bank_id, account_id, states, EXCHANGES_A_PAGE + 1, below=below)
    else:
        query = select(*_COLUMNS).where(Exchange.bank_id == bank_id).order_by(Exchange.id.desc())
        query = query.where(Exchange.state == state) if state is not None else query
        query = query.where(Exchange.id < below) if below is not None else query
    return fetch_page(session, query, ExchangeRow, EXCHANGES_A_PAGE)


def count_by_category(session: Session, bank_id: int, *, since: date) -> dict[int, int]:
    """Return {category id: number of exchanges under it from a day on}, of help that was agreed or given and stands."""
    query = select(Exchange.category_id, func.count()).where(Exchange.category_id.is_not(None))
    rows = session.execute(query.where(*_stands_since(bank_id, since)).group_by(Exchange.category_id))
    return {category_id: count for category_id, count in rows if category_id is not None}


def list_of_categories(
    session: Session, bank_id: int, category_ids: Collection[int], *, since: date
) -> Sequence[ExchangeRow]:
    """Return the exchanges that are counted so under these categories, newest first, at most MOST_OPEN."""
    query = select(*_COLUMNS).where(Exchange.category_id.in_(category_ids), *_stands_since(bank_id, since))
    return fetch(session, query.order_by(Exchange.id.desc()).limit(MOST_OPEN), ExchangeRow)


def _stands_since(bank_id: int, since: date) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of help that was given, or is asked for or agreed, from a day on."""
    day = func.coalesce(Exchange.occurred_on, Exchange.agreed_on)
    return Exchange.bank_id == bank_id, Exchange.state.in_((*OPEN, *MOVED)), day >= since


def list_recent(session: Session, bank_id: int, account_id: int, *, limit: int = 12) -> Sequence[ExchangeRow]:
    """Return an account's newest exchanges with recorded minutes, confirmed or not, newest first."""
    states = (*MOVED, State.RECORDED)
    newest = _newest_of_account(bank_id, account_id, states, limit, with_minutes=True)
    return fetch(session, newest.limit(limit), ExchangeRow)


def _newest_of_account(
    bank_id: int,
    account_id: int,
    states: Sequence[State],
    limit: int,
    *,
    below: int | None = None,
    with_minutes: bool = False,
) -> Select[*tuple[Any, ...]]:
    """Return a query of the newest exchanges of an account in these states, on either side, newest first.

    Each side and state is one range of an index, so that it takes the same time however many exchanges the bank has:
    in a single query, SQLite would scan all of them.
    """
    probes: list[Select[int]] = []
    for column in (Exchange.giver_account_id, Exchange.receiver_account_id):
        for state in states:
            probe = select(Exchange.id).where(
                Exchange.bank_id == bank_id, column == account_id, Exchange.state == state
            )
            probe = probe.where(Exchange.id < below) if below is not None else probe
            probe = probe.where(Exchange.minutes > 0) if with_minutes else probe
            probes.append(probe.order_by(Exchange.id.desc()).limit(limit))
    ids = union_all(*(select(probe.subquery().c.id) for probe in probes)).subquery()
    newest = select(*_COLUMNS).where(Exchange.bank_id == bank_id, Exchange.id.in_(select(ids.c.id)))
    return newest.order_by(Exchange.id.desc())


def list_whats(session: Session, bank_id: int, codes: Sequence[str]) -> dict[str, str]:
    """Return {code: what the help was} of the exchanges with these codes."""
    rows = session.execute(
        select(Exchange.code, Exchange.what).where(Exchange.bank_id == bank_id, Exchange.code.in_(set(codes)))
    )
    return {row.code: row.what for row in rows}


subjects.register(Subject.EXCHANGE, list_whats)


class ExchangeStepRow(NamedTuple):
    """A step of an exchange; its columns mean what they mean in `ExchangeStep`."""

    number: int
    deed: str
    done_by: int | None
    done_at: datetime
    minutes: int | None
    words: str | None
    on_behalf_of: int | None
    how: str | None
    evidence: str | None


def list_steps(session: Session, bank_id: int, exchange_id: int) -> Sequence[ExchangeStepRow]:
    """Return the steps of an exchange, in order."""
    query = select(*columns_of(ExchangeStep, ExchangeStepRow))
    query = query.where(ExchangeStep.bank_id == bank_id, ExchangeStep.exchange_id == exchange_id)
    return fetch(session, query.order_by(ExchangeStep.number), ExchangeStepRow)


class Asked(NamedTuple):
    """How many proposals of a member wait for an answer: of one neighbour, and of all."""

    of_one: int
    of_all: int


def count_asked(session: Session, bank_id: int, account_id: int, other_account_id: int) -> Asked:
    """Return how many proposals made for an account wait for the other account, and for anybody."""
    gives, receives = Exchange.giver_account_id == account_id, Exchange.receiver_account_id == account_id
    row = session.execute(
        select(
            func.count().filter(_is_side(other_account_id)),
            func.count(),
        ).where(
            Exchange.bank_id == bank_id,
            Exchange.state == State.PROPOSED,
            or_(
                and_(gives, Exchange.proposed_side == Side.GIVER),
                and_(receives, Exchange.proposed_side == Side.RECEIVER),
            ),
        )
    ).one()
    return Asked(*row)


def find_reversal(session: Session, bank_id: int, code: str) -> Reversal | None:
    """Return the reversal of the bank with this code; None if there is none."""
    return session.scalar(select(Reversal).where(Reversal.bank_id == bank_id, Reversal.code == code))


def find_newest_reversal(session: Session, bank_id: int, exchange_id: int) -> Reversal | None:
    """Return the newest reversal proposed for an exchange, open or answered; None if there is none."""
    return session.scalar(
        select(Reversal)
        .where(Reversal.bank_id == bank_id, Reversal.exchange_id == exchange_id)
        .order_by(Reversal.id.desc())
        .limit(1)
    )


def get_exchange_by_id(session: Session, bank_id: int, exchange_id: int) -> Exchange:
    """Return the exchange with this id. Raises NoResultFound."""
    return session.execute(select(Exchange).where(Exchange.bank_id == bank_id, Exchange.id == exchange_id)).scalar_one()


class WaitingReversal(NamedTuple):
    """A reversal that waits for an answer, and its exchange, whose `minutes` are in the books."""

    code: str
    reason: str
    giver_agreed_by: int | None
    receiver_agreed_by: int | None
    proposed_by: int
    exchange_code: str
    what: str
    giver_account_id: int
    receiver_account_id: int
    minutes: int
    occurred_on: date


def list_waiting_reversals(
    session: Session, bank_id: int, *, account_id: int | None = None
) -> Sequence[WaitingReversal]:
    """Return the reversals of a bank that wait, or those of one account's exchanges, oldest first."""
    query = (
        select(
            Reversal.code,
            Reversal.reason,
            Reversal.giver_agreed_by,
            Reversal.receiver_agreed_by,
            Reversal.proposed_by,
            Exchange.code.label("exchange_code"),
            Exchange.what,
            Exchange.giver_account_id,
            Exchange.receiver_account_id,
            Exchange.minutes,
            Exchange.occurred_on,
        )
        .join(Exchange, (Exchange.bank_id == Reversal.bank_id) & (Exchange.id == Reversal.exchange_id))
        .where(Reversal.bank_id == bank_id, Reversal.closed_at.is_(None))
    )
    if account_id is not None:
        query = query.where(_is_side(account_id))
    return fetch(session, query.order_by(Reversal.id).limit(MOST_OPEN), WaitingReversal)


def _is_side(account_id: int) -> ColumnElement[bool]:
    return or_(Exchange.giver_account_id == account_id, Exchange.receiver_account_id == account_id)
