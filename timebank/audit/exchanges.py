"""Exchanges of a bank by filter: exact totals of all matches, and the matching rows in pages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import Session

from timebank.exchanges.models import Exchange
from timebank.exchanges.rules import MOVED, WAITING, State
from timebank.members.models import Membership, Person
from timebank.members.queries import is_called_or_numbered
from timebank.rows import Page, columns_of, fetch_page
from timebank.spelling import fold, is_blank

EXCHANGES_A_PAGE = 25
EXCHANGES_A_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class ExchangeFilter:
    """Conditions on exchanges, all of which must hold; empty fields do not filter. `first` and `last` are inclusive.

    `category_ids` are a category and those below it; `person` is words of a name or a member number; the day of an
    exchange is the one it happened on, else the one agreed for.
    """

    words: str = ""
    person: str = ""
    category_ids: tuple[int, ...] = ()
    area_id: int | None = None
    states: tuple[State, ...] = ()
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """The number of matching exchanges and their minutes: posted, waiting for an answer, and reversed."""

    exchanges: int
    moved_minutes: int
    waiting_minutes: int
    reversed_minutes: int


def count_exchanges(session: Session, bank_id: int, filters: ExchangeFilter) -> Totals:
    """Return the totals of all matches, in one query."""
    rows = session.execute(
        select(
            Exchange.state,
            func.count().label("exchanges"),
            func.coalesce(func.sum(Exchange.minutes), 0).label("minutes"),
        )
        .where(*_conditions(bank_id, filters))
        .group_by(Exchange.state)
    ).all()

    def minutes(*states: State) -> int:
        return sum(int(row.minutes) for row in rows if row.state in states)

    return Totals(sum(int(row.exchanges) for row in rows), minutes(*MOVED), minutes(*WAITING), minutes(State.REVERSED))


class AuditedExchange(NamedTuple):
    """An exchange in an auditor's list; its columns mean what they mean in `Exchange`."""

    id: int
    code: str
    giver_account_id: int
    receiver_account_id: int
    state: str
    what: str
    agreed_on: date | None
    agreed_minutes: int | None
    agreed_time: time | None
    occurred_on: date | None
    minutes: int | None
    category_id: int | None


_COLUMNS = columns_of(Exchange, AuditedExchange)


def list_exchanges(
    session: Session,
    bank_id: int,
    filters: ExchangeFilter,
    *,
    below: int | None = None,
    size: int = EXCHANGES_A_PAGE,
) -> Page[AuditedExchange]:
    """Return a page of matches with ids under `below` (None: the newest), newest first."""
    query = select(*_COLUMNS).where(*_conditions(bank_id, filters))
    query = query.where(Exchange.id < below) if below is not None else query
    return fetch_page(session, query.order_by(Exchange.id.desc()), AuditedExchange, size)


def list_batches(
    session: Session, bank_id: int, filters: ExchangeFilter, *, size: int = EXCHANGES_A_BATCH
) -> Iterator[Sequence[AuditedExchange]]:
    """Yield all matches, newest first, in batches of `size` rows, so that memory stays bounded."""
    below: int | None = None
    while True:
        page = list_exchanges(session, bank_id, filters, below=below, size=size)
        yield page.rows
        if page.next is None:
            return
        below = page.next


def _conditions(bank_id: int, filters: ExchangeFilter) -> list[ColumnElement[bool]]:
    day = func.coalesce(Exchange.occurred_on, Exchange.agreed_on)
    conditions: list[ColumnElement[bool]] = [Exchange.bank_id == bank_id]
    words = fold(filters.words).split()
    conditions += [Exchange.what_folded.contains(word, autoescape=True) for word in words]
    if not words and not is_blank(filters.words):
        conditions.append(false())
    if not is_blank(filters.person):
        conditions.append(_is_side(_accounts_of_person(bank_id, filters.person)))
    if filters.area_id is not None:
        lives_there = (Membership.bank_id == bank_id, Membership.area_id == filters.area_id)
        conditions.append(_is_side(select(Membership.account_id).where(*lives_there)))
    if filters.category_ids:
        conditions.append(Exchange.category_id.in_(filters.category_ids))
    if filters.states:
        conditions.append(Exchange.state.in_(filters.states))
    if filters.first is not None:
        conditions.append(day >= filters.first)
    if filters.last is not None:
        conditions.append(day <= filters.last)
    return conditions


def _is_side(accounts: Select[int]) -> ColumnElement[bool]:
    return or_(Exchange.giver_account_id.in_(accounts), Exchange.receiver_account_id.in_(accounts))


def _accounts_of_person(bank_id: int, typed: str) -> Select[int]:
    """Select the accounts of members whose name has every typed word, or whose number was typed."""
    return (
        select(Membership.account_id)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.bank_id == bank_id, is_called_or_numbered(typed))
    )
