"""The one place that asks what time it is. Everybody else is told."""

import os
import threading
import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_ID_EPOCH_MICROSECONDS = 1_577_836_800_000_000  # 1 January 2020
_ID_NOISE_BITS = 12
_last_tick = 0
_tick_lock = threading.Lock()


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 (this is the one place)


def ticks() -> float:
    """Seconds that only ever grow, to tell how long something has lasted; they say nothing of the hour."""
    return time.monotonic()


def local_day(moment: datetime, time_zone: str) -> date:
    """The calendar day of an aware moment in a bank's time zone (an IANA name)."""
    return moment.astimezone(ZoneInfo(time_zone)).date()


def day_after(day: date) -> date:
    """The next day of the calendar; the last that there is stays."""
    return day if day == date.max else day + timedelta(days=1)


def next_id() -> int:
    """A new row's id: 63 bits, rising with time, unlike any other of this process and very unlikely one of another.

    Microseconds since 2020 lead, so that rows written together lie together; 12 random bits end it. A frozen or
    turned-back clock does not repeat an id. A clash between two processes meets the primary key and is tried again.
    """
    global _last_tick  # noqa: PLW0603 (one process, one sequence)
    with _tick_lock:
        _last_tick = max(_last_tick + 1, time.time_ns() // 1000 - _ID_EPOCH_MICROSECONDS)
        tick = _last_tick
    noise = int.from_bytes(os.urandom(2), "big") >> (16 - _ID_NOISE_BITS)
    return (tick << _ID_NOISE_BITS) | noise


def id_span(length: timedelta) -> int:
    """By how much the ids of new rows rise in so long a time."""
    return (length // timedelta(microseconds=1)) << _ID_NOISE_BITS
