"""Queries of the months of a bank: their figures, computed from the books, and who signed them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from timebank import clock
from timebank.banks.models import Bank
from timebank.bookkeeping import months as books
from timebank.bookkeeping.closings import SignedMonth, find_signed_off, list_signed_off
from timebank.corrections.figures import (
    MonthClosing,
    MonthEntries,
    MonthFigures,
    MonthMoves,
    MonthOpening,
    MonthRows,
    is_over,
    list_months,
    next_month,
    read,
    reckon,
)
from timebank.corrections.models import SignOff
from timebank.db import snapshot
from timebank.rows import columns_of, fetch, fetch_first


class SignOffRow(NamedTuple):
    """A signature under a month; its columns mean what they mean in `SignOff`, and `figures` are JSON."""

    id: int
    month: date
    figures: str
    words: str
    signed_by: int
    signed_at: datetime
    confirmed_by: int | None
    refused_by: int | None
    refused_because: str | None
    closed_at: datetime | None


_COLUMNS = columns_of(SignOff, SignOffRow)


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a bank: its figures, its sign-off, the signature that waits, and the newest refused one.

    `find_month` computes the figures from the books; `list_bank_months` takes the signed ones if there are any.
    """

    month: date
    figures: MonthFigures
    is_over: bool
    signed_off: SignedMonth | None = None
    waiting: SignOffRow | None = None
    refused: SignOffRow | None = None

    @property
    def signed(self) -> MonthFigures | None:
        """Return the figures that were signed, confirmed or waiting; None if nobody signed."""
        row = self.signed_off or self.waiting
        return None if row is None else read(row.figures)


def months_of(bank: Bank, now: datetime) -> list[date]:
    """Return the months of a bank up to the current one, oldest first."""
    return list_months(clock.local_day(bank.opened_at, bank.time_zone), clock.local_day(now, bank.time_zone))


def reckon_months(session: Session, bank_id: int, months: Sequence[date], time_zone: str) -> dict[date, MonthFigures]:
    """Return the figures of these months, computed from the books in a fixed number of queries."""
    if not months:
        return {}
    every = [(month, _begins(month, time_zone)) for month in list_months(min(months), max(months))]
    end = _begins(next_month(max(months)), time_zone)
    moved = books.list_moves(session, bank_id, every, end)
    counted = books.count_entries(session, bank_id, every, end)
    opened, closed = books.list_openings(session, bank_id), books.list_account_closings(session, bank_id)
    rows = MonthRows(
        [
            MonthMoves(row.month, row.kind, row.takes_back, row.account_id, int(row.minutes), int(row.came_in))
            for row in moved
        ],
        [MonthEntries(row.month, row.kind, row.takes_back, row.entries, int(row.late)) for row in counted],
        [MonthOpening(row.id, row.kind, _month(row.opened_at, time_zone)) for row in opened],
        [MonthClosing(_month(row.recorded_at, time_zone), row.kind) for row in closed],
    )
    return reckon(months, time_zone, rows)


def reckon_beside(session: Session, bank_id: int, month: date, time_zone: str) -> MonthFigures:
    """Return one month's figures, read from a snapshot without locks. Rolls back the session first."""
    session.rollback()
    bind = session.get_bind()
    engine = bind if isinstance(bind, Engine) else bind.engine
    with Session(snapshot(engine), info=dict(session.info)) as reading:
        return reckon_months(reading, bank_id, [month], time_zone)[month]


def list_bank_months(session: Session, bank: Bank, now: datetime) -> list[Month]:
    """Return every month of a bank, newest first, with its signed figures, or else those computed from the books."""
    months, today = months_of(bank, now), clock.local_day(now, bank.time_zone)
    signed = {row.month: row for row in list_signed_off(session, bank.id)}
    waiting = {row.month: row for row in list_waiting_months(session, bank.id)}
    figures = {month: read(row.figures) for month, row in signed.items()}
    figures |= reckon_months(session, bank.id, [month for month in months if month not in signed], bank.time_zone)
    return [
        Month(month, figures[month], is_over(month, today), signed.get(month), waiting.get(month))
        for month in reversed(months)
    ]


def find_month(session: Session, bank: Bank, month: date, now: datetime) -> Month | None:
    """Return one month of a bank, with figures computed from the books now; None for a month outside its time."""
    if month not in months_of(bank, now):
        return None
    signed_off = find_signed_off(session, bank.id, month)
    waiting = None if signed_off else find_waiting(session, bank.id, month)
    refused = None if signed_off or waiting else find_refused(session, bank.id, month)
    zone = read(signed_off.figures).time_zone if signed_off else bank.time_zone
    figures = reckon_months(session, bank.id, [month], zone)[month]
    over = is_over(month, clock.local_day(now, bank.time_zone))
    return Month(month, figures, over, signed_off, waiting, refused)


def find_waiting(session: Session, bank_id: int, month: date) -> SignOffRow | None:
    """Return the signature under a month that waits for a second person; None if there is none."""
    query = select(*_COLUMNS)
    query = query.where(SignOff.bank_id == bank_id, SignOff.month == month, SignOff.closed_at.is_(None))
    return fetch_first(session, query, SignOffRow)


def find_refused(session: Session, bank_id: int, month: date) -> SignOffRow | None:
    """Return the newest refused signature under a month; None if there is none."""
    query = select(*_COLUMNS)
    query = query.where(SignOff.bank_id == bank_id, SignOff.month == month, SignOff.refused_by.is_not(None))
    return fetch_first(session, query.order_by(SignOff.id.desc()).limit(1), SignOffRow)


def list_waiting_months(session: Session, bank_id: int) -> Sequence[SignOffRow]:
    """Return the signatures that wait for a second person, oldest month first."""
    query = select(*_COLUMNS).where(SignOff.bank_id == bank_id, SignOff.closed_at.is_(None))
    return fetch(session, query.order_by(SignOff.month), SignOffRow)


def _begins(month: date, time_zone: str) -> datetime:
    """Return the moment at which a month begins in this time zone."""
    return datetime(month.year, month.month, 1, tzinfo=ZoneInfo(time_zone))


def _month(moment: datetime, time_zone: str) -> date:
    return clock.local_day(moment, time_zone).replace(day=1)
