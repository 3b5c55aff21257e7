"""SQL conditions for entries that were posted late, by the bank's local calendar; the books store UTC.

SQLite has no time zones, so the zone's UTC offsets are written into its query as a CASE.
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
    """Return the condition that an entry was posted in a later month than it occurred; `years` as in `count_books`."""
    if session.get_bind().dialect.name == "postgresql":
        return cast(func.date_trunc("month", _local(time_zone)), Date) > Entry.occurred_on
    month = func.date(Entry.recorded_at, _shift(time_zone, years), "start of month")
    return type_coerce(month, Date) > Entry.occurred_on


def thirty_days_late(session: Session, time_zone: str, years: range) -> ColumnElement[bool]:
    """Return the condition that an entry was posted more than 30 days after it occurred."""
    if session.get_bind().dialect.name == "postgresql":
        return cast(_local(time_zone), Date) - Entry.occurred_on > LATE_DAYS
    day = func.date(Entry.recorded_at, _shift(time_zone, years))
    latest = func.date(Entry.occurred_on, f"+{LATE_DAYS} days")
    return type_coerce(day, Date) > type_coerce(latest, Date)


def _local(time_zone: str) -> ColumnElement[Any]:
    return func.timezone(time_zone, Entry.recorded_at)


def _shift(time_zone: str, years: range) -> ColumnElement[str]:
    """Return the zone's offset from UTC when an entry was recorded, as a modifier of SQLite's date()."""
    first, *changes = _offsets(time_zone, years.start, years.stop)
    newest_first = [(Entry.recorded_at >= at, f"{minutes:+d} minutes") for at, minutes in reversed(changes)]
    usual = f"{first[1]:+d} minutes"
    return case(*newest_first, else_=usual) if newest_first else literal(usual)


@lru_cache(maxsize=64)
def _offsets(time_zone: str, first: int, end: int) -> list[tuple[datetime, int]]:
    """Return (moment, minutes ahead of UTC from then on) of a zone, from one year up to another, oldest first."""
    zone, hour = ZoneInfo(time_zone), timedelta(hours=1)
    offsets = list[tuple[datetime, int]]()
    at = datetime(first - 1, 12, 31, tzinfo=UTC)
    while at.year < end:
        minutes = _ahead(zone, at)
        if not offsets:
            offsets.append((at, minutes))
        elif minutes != offsets[-1][1]:
            changed = next(at - hour * back for back in range(24, -1, -1) if _ahead(zone, at - hour * back) == minutes)
            offsets.append((changed, minutes))
        at += timedelta(days=1)
    return offsets


def _ahead(zone: ZoneInfo, at: datetime) -> int:
    """Return by how many minutes the zone is ahead of UTC at a moment."""
    return (at.astimezone(zone).replace(tzinfo=UTC) - at) // timedelta(minutes=1)
