"""The only module that reads the system clock; other code takes `now` as an argument. Also generates row ids."""

import os
import threading
import time
from datetime import UTC, date, datetime, time as time_of_day, timedelta
from zoneinfo import ZoneInfo

_ID_EPOCH_MICROSECONDS = 1_577_836_800_000_000  # 1 January 2020
_ID_NOISE_BITS = 12
_last_tick = 0
_tick_lock = threading.Lock()


def now() -> datetime:
    """Return the current time, timezone-aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 (this is the one place)


def ticks() -> float:
    """Return monotonic seconds, for measuring durations."""
    return time.monotonic()


def local_day(moment: datetime, time_zone: str) -> date:
    """Return the calendar day of an aware moment in a bank's time zone (an IANA name)."""
    return moment.astimezone(ZoneInfo(time_zone)).date()


def day_after(day: date) -> date:
    """Return the next day; `date.max` stays as it is."""
    return day if day == date.max else day + timedelta(days=1)


def moments_of(day: date, time_zone: str) -> tuple[datetime, datetime]:
    """Return when a calendar day begins in a time zone and when the next one does, in UTC.

    A day beyond what moments have is empty: it begins when it ends.
    """
    zone = ZoneInfo(time_zone)
    try:
        start = datetime.combine(day, time_of_day(), zone).astimezone(UTC)
        return start, datetime.combine(day_after(day), time_of_day(), zone).astimezone(UTC)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def next_id() -> int:
    """Return a new row id of 63 bits: microseconds since 2020, then 12 random bits.

    Ids of one process are unique and rise, even if the clock is frozen or set back. A collision between processes is
    improbable, violates the primary key, and is retried (`retries.is_worth_retrying`).
    """
    global _last_tick  # noqa: PLW0603 (one process, one sequence)
    with _tick_lock:
        _last_tick = max(_last_tick + 1, time.time_ns() // 1000 - _ID_EPOCH_MICROSECONDS)
        tick = _last_tick
    noise = int.from_bytes(os.urandom(2), "big") >> (16 - _ID_NOISE_BITS)
    return (tick << _ID_NOISE_BITS) | noise


def id_span(length: timedelta) -> int:
    """Return by how much new ids grow in this length of time."""
    return (length // timedelta(microseconds=1)) << _ID_NOISE_BITS
