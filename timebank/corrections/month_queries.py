"""Months of a bank: their figures reckoned from the books, and who has signed them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, Row, select
from sqlalchemy.orm import Session

from timebank import clock
from timebank.banks.models import Bank
from timebank.bookkeeping import months as books
from timebank.bookkeeping.closings import ClosingRow, find_signed_off, list_signed_off
from timebank.corrections.figures import (
    Closed,
    Counted,
    Figures,
    Moved,
    Opened,
    Rows,
    is_over,
    list_months,
    next_month,
    read,
    reckon,
)
from timebank.corrections.models import SignOff
from timebank.db import snapshot

#: Columns: id, month, figures (JSON), words, signed_by, signed_at, confirmed_by, refused_by, refused_because,
#: closed_at.
SignOffRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a bank: its figures, the sign-off that stands, the signature that waits, the one refused last.

    Of a month looked at alone the figures are those of the books now; in a list, those on record where there are any.
    """

    month: date
    figures: Figures
    is_over: bool
    signed_off: ClosingRow | None = None
    waiting: SignOffRow | None = None
    refused: SignOffRow | None = None

    @property
    def signed(self) -> Figures | None:
        """The figures that were signed, on record or waiting."""
        row = self.signed_off or self.waiting
        return None if row is None else read(row.figures)


def months_of(bank: Bank, now: datetime) -> list[date]:
    """The months of a bank up to this one, oldest first."""
    return list_months(clock.local_day(bank.opened_at, bank.time_zone), clock.local_day(now, bank.time_zone))


def reckon_months(session: Session, bank_id: int, months: Sequence[date], time_zone: str) -> dict[date, Figures]:
    """The figures of these months as the books have them, in a few questions that each read the books once."""
    if not months:
        return {}
    every = [(month, _begins(month, time_zone)) for month in list_months(min(months), max(months))]
    end = _begins(next_month(max(months)), time_zone)
    moved = books.list_moves(session, bank_id, every, end)
    counted = books.count_entries(session, bank_id, every, end)
    opened, closed = books.list_openings(session, bank_id), books.list_account_closings(session, bank_id)
    rows = Rows(
        [
            Moved(row.month, row.kind, row.takes_back, row.account_id, int(row.minutes), int(row.came_in))
            for row in moved
        ],
        [Counted(row.month, row.kind, row.takes_back, row.entries, int(row.late)) for row in counted],
        [Opened(row.id, row.kind, _month(row.opened_at, time_zone)) for row in opened],
        [Closed(_month(row.recorded_at, time_zone), row.kind) for row in closed],
    )
    return reckon(months, time_zone, rows)


def reckon_beside(session: Session, bank_id: int, month: date, time_zone: str) -> Figures:
    """One month's figures on a snapshot, so that no lock is held meanwhile. What the session has not kept is lost."""
    session.rollback()
    bind = session.get_bind()
    engine = bind if isinstance(bind, Engine) else bind.engine
    with Session(snapshot(engine), info=dict(session.info)) as reading:
        return reckon_months(reading, bank_id, [month], time_zone)[month]


def list_bank_months(session: Session, bank: Bank, now: datetime) -> list[Month]:
    """Every month of a bank with its figures, newest first; of those on record the figures that were signed."""
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
    """One month of a bank, with the figures that the books come to now; None for one that it has not seen."""
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
    """The signature under a month that waits for a second person."""
    return session.execute(
        _columns().where(SignOff.bank_id == bank_id, SignOff.month == month, SignOff.closed_at.is_(None))
    ).first()


def find_refused(session: Session, bank_id: int, month: date) -> SignOffRow | None:
    """The signature under a month that was turned down last."""
    query = _columns().where(SignOff.bank_id == bank_id, SignOff.month == month, SignOff.refused_by.is_not(None))
    return session.execute(query.order_by(SignOff.id.desc()).limit(1)).first()


def list_waiting_months(session: Session, bank_id: int) -> Sequence[SignOffRow]:
    """Signatures that wait for a second person, oldest month first."""
    query = _columns().where(SignOff.bank_id == bank_id, SignOff.closed_at.is_(None))
    return session.execute(query.order_by(SignOff.month)).all()


def _begins(month: date, time_zone: str) -> datetime:
    """The moment at which a month begins where the bank is."""
    return datetime(month.year, month.month, 1, tzinfo=ZoneInfo(time_zone))


def _month(moment: datetime, time_zone: str) -> date:
    return clock.local_day(moment, time_zone).replace(day=1)


def _columns() -> Any:  # noqa: ANN401 (a selectable of ten columns)
    return select(
        SignOff.id,
        SignOff.month,
        SignOff.figures,
        SignOff.words,
        SignOff.signed_by,
        SignOff.signed_at,
        SignOff.confirmed_by,
        SignOff.refused_by,
        SignOff.refused_because,
        SignOff.closed_at,
    )
