"""Queries of the audit's first page: stored check runs, and the figures of a bank."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session

from timebank import clock
from timebank.audit.accounts import count_people
from timebank.audit.lists import not_signed_in, one_broker
from timebank.audit.models import BooksCheck
from timebank.banks.models import Bank
from timebank.bookkeeping.audit_queries import Figures, count_books, overrides_in_force
from timebank.corrections.models import Correction, SignOff
from timebank.exchanges.models import Exchange, Reversal
from timebank.exchanges.rules import MOVED, WAITING, State
from timebank.references import DeedName
from timebank.rows import Page
from timebank.trail.queries import code_deeds, find_doers

CHECKS_A_PAGE = 25
LAST_CHECKS = 5


@dataclass(frozen=True, slots=True)
class StoredCheck:
    """A stored run of all checks and its ordinal number; `checks` have name, verdict, figure, unit, findings.

    `asked_by` is the membership that started it from a page of this bank, else None.
    """

    number: int
    checked_at: datetime
    is_right: bool
    asked_from: str
    seconds: int
    checks: Sequence[dict[str, Any]]
    asked_by: int | None = None

    @property
    def rows(self) -> int:
        """The number of rows that all checks together read."""
        return sum(int(check["figure"]) for check in self.checks)


def list_checks(session: Session, bank_id: int, *, page: int = 1, size: int = CHECKS_A_PAGE) -> Page[StoredCheck]:
    """Return a page of all check runs of the installation, newest first."""
    stored = count_checks(session)
    before = (page - 1) * size
    runs = _list_stored(session, bank_id, stored - before, _newest_first().limit(size).offset(before))
    return Page(runs, page + 1 if stored > before + size else None, page)


def find_check(session: Session, bank_id: int, number: int) -> StoredCheck | None:
    """Return the n-th stored run, counted from 1; None if there is none."""
    oldest_first = select(*_CHECK).order_by(BooksCheck.id).limit(1).offset(number - 1)
    return next(iter(_list_stored(session, bank_id, number, oldest_first)), None) if number > 0 else None


def count_checks(session: Session) -> int:
    """Return the number of stored runs, which is the ordinal number of the newest."""
    return session.scalar(select(func.count()).select_from(BooksCheck)) or 0


def find_newest_check_at(session: Session) -> datetime | None:
    """Return when the newest stored run of all checks ended; None before the first."""
    return session.scalar(select(BooksCheck.checked_at).order_by(BooksCheck.id.desc()).limit(1))


def find_newest_verdict(session: Session) -> tuple[datetime, bool] | None:
    """Return when the newest stored run of all checks ended, and whether all passed; None before the first."""
    row = session.execute(
        select(BooksCheck.checked_at, BooksCheck.is_right).order_by(BooksCheck.id.desc()).limit(1)
    ).first()
    return None if row is None else (row.checked_at, row.is_right)


_CHECK = (BooksCheck.checked_at, BooksCheck.is_right, BooksCheck.results)


def _newest_first() -> Select[datetime, bool, str]:
    return select(*_CHECK).order_by(BooksCheck.id.desc())


def _list_stored(
    session: Session, bank_id: int, newest: int, query: Select[datetime, bool, str]
) -> Sequence[StoredCheck]:
    """Return the runs of the query, numbered down from `newest`, each with the member of the bank who started it."""
    rows = session.execute(query).all()
    askers = find_doers(session, bank_id, DeedName.BOOKS_CHECKED, [row.checked_at for row in rows])
    return [
        StoredCheck(
            newest - at, row.checked_at, row.is_right, **json.loads(row.results), asked_by=askers.get(row.checked_at)
        )
        for at, row in enumerate(rows)
    ]


@dataclass(frozen=True, slots=True)
class Period:
    """A range of days, both ends inclusive, and the minutes of the help that happened in it."""

    first: date
    last: date
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures of the first page: of the books, exchanges and members, and of what needs review.

    `by_state` maps a state to (number of exchanges, minutes).
    """

    books: Figures
    month: Period
    year: Period
    by_state: dict[State, tuple[int, int]] = field(default_factory=dict)
    active: int = 0
    beyond: int = 0
    left: int = 0
    reversals_waiting: int = 0
    reversals_done: int = 0
    overrides: int = 0
    one_broker: int = 0
    not_signed_in: int = 0
    corrections_waiting: int = 0
    months_waiting: int = 0
    months_signed_off: int = 0
    code_deeds: int = 0

    @property
    def waiting_minutes(self) -> int:
        """Minutes of the exchanges that wait for the other side."""
        return sum(self.by_state.get(state, (0, 0))[1] for state in WAITING)


def overview(session: Session, bank: Bank, *, now: datetime) -> Overview:
    """Return the figures of a bank, each an aggregate over the rows of that bank alone."""
    today = clock.local_day(now, bank.time_zone)
    month = Period(today.replace(day=1), today)
    year = Period(_a_year_before(today), today)
    states = session.execute(_states(bank.id, month, year)).all()
    reversals = session.execute(
        select(
            func.count(case((Reversal.closed_at.is_(None), 1))),
            func.count(case((and_(Reversal.closed_at.is_not(None), Reversal.refused_by.is_(None)), 1))),
            select(func.count()).select_from(overrides_in_force(bank.id).subquery()).scalar_subquery(),
            select(func.count()).select_from(one_broker(bank.id).subquery()).scalar_subquery(),
            select(func.count()).select_from(not_signed_in(bank.id).subquery()).scalar_subquery(),
            select(func.count()).where(Correction.bank_id == bank.id, Correction.closed_at.is_(None)).scalar_subquery(),
            select(func.count()).where(SignOff.bank_id == bank.id, SignOff.closed_at.is_(None)).scalar_subquery(),
            select(func.count()).where(SignOff.bank_id == bank.id, SignOff.confirmed_by.is_not(None)).scalar_subquery(),
            code_deeds(bank.id).scalar_subquery(),
        ).where(Reversal.bank_id == bank.id)
    ).one()
    return Overview(
        count_books(session, bank.id, bank.time_zone, years(bank, now)),
        Period(month.first, month.last, sum(int(row.month) for row in states)),
        Period(year.first, year.last, sum(int(row.year) for row in states)),
        {State(row.state): (row.exchanges, int(row.minutes)) for row in states},
        *count_people(session, bank),
        *reversals,
    )


def years(bank: Bank, now: datetime) -> range:
    """Return the years in which a bank can have entries, up to the year of `now`."""
    return range(bank.opened_at.year, now.year + 1)


def _a_year_before(today: date) -> date:
    """Return the first day of the twelve months that end today."""
    return date(today.year - 1, today.month, min(today.day, 28)) + timedelta(days=1)


def _states(bank_id: int, month: Period, year: Period) -> Select[*tuple[Any, ...]]:
    def within(period: Period) -> ColumnElement[int]:
        happened = and_(Exchange.state.in_(MOVED), Exchange.occurred_on.between(period.first, period.last))
        return func.coalesce(func.sum(case((happened, Exchange.minutes), else_=0)), 0)

    return (
        select(
            Exchange.state,
            func.count().label("exchanges"),
            func.coalesce(func.sum(Exchange.minutes), 0).label("minutes"),
            within(month).label("month"),
            within(year).label("year"),
        )
        .where(Exchange.bank_id == bank_id)
        .group_by(Exchange.state)
    )
