"""Finding exchanges for pages. Lists give columns, newest first, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, or_, select, union_all
from sqlalchemy.orm import Session

from timebank.exchanges.models import Exchange, ExchangeStep, Reversal
from timebank.exchanges.rules import State

EXCHANGES_A_PAGE = 25
MOST_OPEN = 50
OPEN_STATES = (State.PROPOSED, State.ACCEPTED, State.RECORDED, State.DISPUTED)
DONE_STATES = (State.CONFIRMED, State.DECIDED)


def find_exchange(session: Session, bank_id: int, code: str) -> Exchange | None:
    """The exchange under this code of the bank."""
    return session.scalar(select(Exchange).where(Exchange.bank_id == bank_id, Exchange.code == code))


#: See `_columns` for its columns.
ExchangeRow = Row[*tuple[Any, ...]]


def _columns() -> Select[*tuple[Any, ...]]:
    return select(
        Exchange.id,
        Exchange.code,
        Exchange.giver_account_id,
        Exchange.receiver_account_id,
        Exchange.state,
        Exchange.what,
        Exchange.proposed_side,
        Exchange.agreed_on,
        Exchange.agreed_minutes,
        Exchange.recorded_side,
        Exchange.occurred_on,
        Exchange.minutes,
        Exchange.disputed_minutes,
    )


def list_open(session: Session, bank_id: int, account_id: int) -> Sequence[ExchangeRow]:
    """What of an account is not finished, newest first: asked, agreed, recorded or disputed."""
    newest = _newest_of_account(bank_id, account_id, OPEN_STATES, MOST_OPEN)
    return session.execute(newest.limit(MOST_OPEN)).all()


def list_disputed(session: Session, bank_id: int) -> Sequence[ExchangeRow]:
    """What a broker has to look at, oldest first."""
    return session.execute(
        _columns()
        .where(Exchange.bank_id == bank_id, Exchange.state == State.DISPUTED)
        .order_by(Exchange.id)
        .limit(MOST_OPEN)
    ).all()


@dataclass(frozen=True, slots=True)
class ExchangesPage:
    """One page of exchanges; `older` is the id to page from (None: this is the last page)."""

    rows: Sequence[ExchangeRow]
    older: int | None


def list_exchanges(
    session: Session,
    bank_id: int,
    *,
    account_id: int | None = None,
    state: State | None = None,
    below: int | None = None,
) -> ExchangesPage:
    """A page of a bank's exchanges, or of one account's, or in one state; ids under `below`, newest first."""
    if account_id is not None:
        states = (state,) if state is not None else tuple(State)
        query = _newest_of_account(bank_id, account_id, states, EXCHANGES_A_PAGE + 1, below=below)
    else:
        query = _columns().where(Exchange.bank_id == bank_id).order_by(Exchange.id.desc())
        query = query.where(Exchange.state == state) if state is not None else query
        query = query.where(Exchange.id < below) if below is not None else query
    rows = session.execute(query.limit(EXCHANGES_A_PAGE + 1)).all()
    more = len(rows) > EXCHANGES_A_PAGE
    return ExchangesPage(rows[:EXCHANGES_A_PAGE], rows[EXCHANGES_A_PAGE - 1].id if more else None)


def list_recent(session: Session, bank_id: int, account_id: int, *, limit: int = 12) -> Sequence[ExchangeRow]:
    """An account's newest exchanges in which help was recorded, whether or not it is confirmed yet."""
    states = (*DONE_STATES, State.RECORDED)
    newest = _newest_of_account(bank_id, account_id, states, limit, with_minutes=True)
    return session.execute(newest.limit(limit)).all()


def _newest_of_account(
    bank_id: int,
    account_id: int,
    states: Sequence[State],
    limit: int,
    *,
    below: int | None = None,
    with_minutes: bool = False,
) -> Select[*tuple[Any, ...]]:
    """The newest exchanges of an account in these states, on either side, newest first.

    Each side and state is one range of an index, so that it takes the same time however many exchanges the bank has:
    asked in one go, SQLite would read through all of them.
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
    return _columns().where(Exchange.bank_id == bank_id, Exchange.id.in_(select(ids.c.id))).order_by(Exchange.id.desc())


def list_whats(session: Session, bank_id: int, codes: Sequence[str]) -> dict[str, str]:
    """{code: what the help was} of the exchanges under these codes."""
    rows = session.execute(
        select(Exchange.code, Exchange.what).where(Exchange.bank_id == bank_id, Exchange.code.in_(set(codes)))
    )
    return {row.code: row.what for row in rows}


def list_steps(session: Session, bank_id: int, exchange_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """(number, deed, done_by, done_at, minutes, words, on_behalf_of, how, evidence) of an exchange, in order."""
    return session.execute(
        select(
            ExchangeStep.number,
            ExchangeStep.deed,
            ExchangeStep.done_by,
            ExchangeStep.done_at,
            ExchangeStep.minutes,
            ExchangeStep.words,
            ExchangeStep.on_behalf_of,
            ExchangeStep.how,
            ExchangeStep.evidence,
        )
        .where(ExchangeStep.bank_id == bank_id, ExchangeStep.exchange_id == exchange_id)
        .order_by(ExchangeStep.number)
    ).all()


def find_reversal(session: Session, bank_id: int, code: str) -> Reversal | None:
    """The reversal under this code of the bank."""
    return session.scalar(select(Reversal).where(Reversal.bank_id == bank_id, Reversal.code == code))


def find_newest_reversal(session: Session, bank_id: int, exchange_id: int) -> Reversal | None:
    """The last reversal that was proposed for an exchange, whatever became of it."""
    return session.scalar(
        select(Reversal)
        .where(Reversal.bank_id == bank_id, Reversal.exchange_id == exchange_id)
        .order_by(Reversal.id.desc())
        .limit(1)
    )


def get_exchange_by_id(session: Session, bank_id: int, exchange_id: int) -> Exchange:
    """The exchange with this id. Raises NoResultFound."""
    return session.execute(select(Exchange).where(Exchange.bank_id == bank_id, Exchange.id == exchange_id)).scalar_one()


#: See `list_waiting_reversals` for its columns.
WaitingReversal = Row[*tuple[Any, ...]]


def list_waiting_reversals(
    session: Session, bank_id: int, *, account_id: int | None = None
) -> Sequence[WaitingReversal]:
    """Reversals that wait, of a bank or of one account's exchanges.

    Columns: code, reason, giver_agreed_by, receiver_agreed_by, proposed_by, exchange_code, what, giver_account_id,
    receiver_account_id, minutes, occurred_on.
    """
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
    return session.execute(query.order_by(Reversal.id).limit(MOST_OPEN)).all()


def _is_side(account_id: int) -> ColumnElement[bool]:
    return or_(Exchange.giver_account_id == account_id, Exchange.receiver_account_id == account_id)
