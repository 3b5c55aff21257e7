"""Which entries were posted late: the calendar is the bank's, the clock of the books is UTC.

PostgreSQL knows time zones. SQLite does not, so there the zone's changes of the clock are written into the question.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, case, cast, func, literal, type_coerce
from sqlalchemy.orm import Session

from timebank.bookkeeping.models import Entry

LATE_DAYS = 30


def later_month(session: Session, time_zone: str, years: range) -> ColumnElement[bool]:
    """The entry was posted in a later calendar month than it happened in."""
    if session.get_bind().dialect.name == "postgresql":
        return cast(func.date_trunc("month", _local(time_zone)), Date) > Entry.occurred_on
    month = func.date(Entry.recorded_at, _shift(time_zone, years), "start of month")
    return type_coerce(month, Date) > Entry.occurred_on


def thirty_days_late(session: Session, time_zone: str, years: range) -> ColumnElement[bool]:
    """The entry was posted more than 30 days after it happened."""
    if session.get_bind().dialect.name == "postgresql":
        return cast(_local(time_zone), Date) - Entry.occurred_on > LATE_DAYS
    day = func.date(Entry.recorded_at, _shift(time_zone, years))
    latest = func.date(Entry.occurred_on, f"+{LATE_DAYS} days")
    return type_coerce(day, Date) > type_coerce(latest, Date)


def _local(time_zone: str) -> ColumnElement[Any]:
    return func.timezone(time_zone, Entry.recorded_at)


def _shift(time_zone: str, years: range) -> ColumnElement[str]:
    """How far the bank's clock was ahead of UTC when an entry was recorded, as SQLite's dates take it."""
    first, *changes = _offsets(time_zone, years.start, years.stop)
    newest_first = [(Entry.recorded_at >= at, f"{minutes:+d} minutes") for at, minutes in reversed(changes)]
    usual = f"{first[1]:+d} minutes"
    return case(*newest_first, else_=usual) if newest_first else literal(usual)


@lru_cache(maxsize=64)
def _offsets(time_zone: str, first: int, end: int) -> list[tuple[datetime, int]]:
    """(moment, minutes ahead of UTC from then on) of a zone from one year up to another, oldest first."""
    zone, hour = ZoneInfo(time_zone), timedelta(hours=1)
    found = list[tuple[datetime, int]]()
    at = datetime(first - 1, 12, 31, tzinfo=UTC)
    while at.year < end:
        minutes = _ahead(zone, at)
        if not found:
            found.append((at, minutes))
        elif minutes != found[-1][1]:
            changed = next(at - hour * back for back in range(24, -1, -1) if _ahead(zone, at - hour * back) == minutes)
            found.append((changed, minutes))
        at += timedelta(days=1)
    return found


def _ahead(zone: ZoneInfo, at: datetime) -> int:
    """Minutes by which the zone's wall clock is ahead at a moment in UTC."""
    return (at.astimezone(zone).replace(tzinfo=UTC) - at) // timedelta(minutes=1)
