"""Parse a time of day as people type it: 10, 10:30, 10.30, 14 h or 2 pm. Never guessed."""

import re
from datetime import datetime, time
from zoneinfo import ZoneInfo

from timebank.errors import TimebankError
from timebank.spelling import tidy

_TIME = re.compile(r"(\d{1,2})(?:[:.h]([0-5]\d))?\s*(?:h|o'clock)?\s*(am|pm|a\.m\.|p\.m\.)?", re.IGNORECASE)
#: Hours without minutes or a word before this one are said of the afternoon as often as of the morning.
_FIRST_CLEAR_HOUR, _NOON, _HOURS_A_DAY = 7, 12, 24


class TimeNotUnderstoodError(TimebankError):
    """The text cannot be parsed as a time of day."""

    message_id = "time_not_understood"


class TimeUnclearError(TimebankError):
    """The hour can be in the morning or in the afternoon; values: `hour`, and `later`, the one in the afternoon."""

    message_id = "time_unclear"


def read_time(text: str) -> time:
    """Return the time of day that was typed. Raises TimeNotUnderstoodError or TimeUnclearError."""
    match = _TIME.fullmatch(tidy(text))
    if match is None:
        raise TimeNotUnderstoodError
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
    if half:
        if not 1 <= hour <= _NOON:
            raise TimeNotUnderstoodError
        hour = hour % _NOON + (_NOON if half[0] in "pP" else 0)
    elif 1 <= hour < _FIRST_CLEAR_HOUR and not match[1].startswith("0"):
        raise TimeUnclearError(hour=hour, later=hour + _NOON)
    if hour >= _HOURS_A_DAY:
        raise TimeNotUnderstoodError
    return time(hour, minute)


def local_time(moment: datetime, time_zone: str) -> time:
    """Return the time of day of an aware moment in a bank's time zone (an IANA name)."""
    return moment.astimezone(ZoneInfo(time_zone)).timetz().replace(tzinfo=None)


def time_as_typed(at: time) -> str:
    """Return a time of day for a field to begin with, such as '10:30'; `read_time` parses it."""
    return f"{at:%H:%M}"
