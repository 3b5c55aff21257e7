"""Parsing of typed hours into whole minutes, and rounding.

Only unambiguous input is accepted. A bare 3 is three hours, a bare 45 is minutes, 1.5 h is an hour and a half; a bare
12 could be either and raises HoursUnclearError.
"""

import re
from fractions import Fraction

from timebank.errors import TimebankError

MINUTES_PER_HOUR = 60
STEP_MINUTES = 15
LONGEST_MINUTES = 24 * MINUTES_PER_HOUR

_UNIT_HOURS = r"(?:hours|hour|hrs|hr|h)\.?"
_UNIT_MINUTES = r"(?:minutes|minute|mins|min|m|')\.?"
_NUMBER = r"(\d{1,4}(?:[.,]\d{1,4})?)"
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)")
_HOURS_AND_MINUTES = re.compile(rf"{_NUMBER}\s*{_UNIT_HOURS}(?:\s*(?:and|,)?\s*(\d{{1,2}})\s*(?:{_UNIT_MINUTES})?)?")
_MINUTES = re.compile(rf"(\d{{1,4}})\s*{_UNIT_MINUTES}")
_DECIMAL = re.compile(r"(\d{1,2})[.,](\d{1,4})")
_BARE = re.compile(r"\d{1,4}")
_HALVES = {"½": ".5", "¼": ".25", "¾": ".75"}
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
#: Minutes of the spoken parts of an hour, the longest text first, since the regex takes the first that matches.
_PARTS = {"three quarters": 45, "three-quarters": 45, "a quarter": 15, "quarter": 15, "a half": 30, "half": 30}
_PART = "|".join(_PARTS)
_PART_OF_AN_HOUR = re.compile(rf"({_PART}) (?:of )?an hour")
_AND_A_PART = re.compile(rf"(\d{{1,2}})(?: hours?)? and ({_PART})(?: hours?)?")


class HoursNotUnderstoodError(TimebankError):
    """The text is no length of time."""

    message_id = "hours_not_understood"


class HoursUnclearError(TimebankError):
    """The number has no unit and could be hours or minutes; values: `number`."""

    message_id = "hours_unclear"


class UnitMissingError(HoursUnclearError):
    """The number has no unit, and with 'hours' after it would be understood; values: `number`."""

    message_id = "hours_without_unit"


class NoTimeError(TimebankError):
    """The time is zero or less."""

    message_id = "hours_zero"


class TooLongError(TimebankError):
    """The time is more than 24 hours."""

    message_id = "hours_too_long"


def read_hours(text: str) -> int:
    """Return the minutes (1 to 1440) of a text such as '1 h 30', '1:30', '1.5 h', '90 min', '2' or '45'.

    Spoken forms are accepted too: 'half an hour', 'an hour and a half', 'two hours'. A bare 1 to 8 is hours; a bare 15
    to 480 in quarters of an hour is minutes; any other number without a unit is unclear.

    Raises NoTimeError, TooLongError, HoursUnclearError, UnitMissingError or HoursNotUnderstoodError.
    """
    words = " ".join(text.lower().split())
    for half, decimal in _HALVES.items():
        words = re.sub(rf"(\d)\s*{half}", rf"\g<1>{decimal}", words).replace(half, f"0{decimal}")
    if re.match(r"[-\u2212\u2013]\s*\d", words):
        raise NoTimeError
    minutes = _read_spoken(words)
    if minutes is None:
        minutes = _read_with_unit(_in_digits(words))
    if minutes is None:
        minutes = _read_bare(words)
    if minutes <= 0:
        raise NoTimeError
    if minutes > LONGEST_MINUTES:
        raise TooLongError
    return minutes


def _in_digits(words: str) -> str:
    """Return 'two hours' as '2 hours' and 'an hour' as '1 hour'."""
    words = re.sub(r"\ban? (?=(?:hour|minute)\b)", "1 ", words)
    for number, name in enumerate(_NUMBERS, start=1):
        words = re.sub(rf"\b{name}\b", str(number), words)
    return words


def _read_spoken(words: str) -> int | None:
    """Return the minutes of a part of an hour, alone or after whole hours; None for other texts."""
    if match := _PART_OF_AN_HOUR.fullmatch(words):
        return _PARTS[match[1]]
    if ("hour" in words) and (match := _AND_A_PART.fullmatch(_in_digits(words))):
        return int(match[1]) * MINUTES_PER_HOUR + _PARTS[match[2]]
    return None


def read_limit(text: str) -> int:
    """Return the minutes (1 or more) of a limit, typed with its unit such as '20 hours' or '30 min'.

    Raises NoTimeError, UnitMissingError or HoursNotUnderstoodError.
    """
    words = " ".join(text.lower().split())
    minutes = _read_with_unit(words)
    if minutes is None and (_BARE.fullmatch(words) or _DECIMAL.fullmatch(words)):
        minutes = _hours_and_minutes(words, None)
        if minutes:
            raise UnitMissingError(number=words)
    if minutes is None:
        raise HoursNotUnderstoodError
    if minutes == 0:
        raise NoTimeError
    return minutes


def _read_with_unit(words: str) -> int | None:
    if match := _CLOCK.fullmatch(words):
        return int(match[1]) * MINUTES_PER_HOUR + int(match[2])
    if match := _MINUTES.fullmatch(words):
        return int(match[1])
    if match := _HOURS_AND_MINUTES.fullmatch(words):
        return _hours_and_minutes(match[1], match[2])
    return None


def _hours_and_minutes(hours: str, minutes: str | None) -> int:
    if minutes is not None:
        if not hours.isdigit() or int(minutes) >= MINUTES_PER_HOUR:
            raise HoursNotUnderstoodError
        return int(hours) * MINUTES_PER_HOUR + int(minutes)
    exact = Fraction(hours.replace(",", ".")) * MINUTES_PER_HOUR
    return round_half_up(exact)


def _read_bare(words: str) -> int:
    if _DECIMAL.fullmatch(words):
        minutes = _hours_and_minutes(words, None)
        if 0 < minutes <= LONGEST_MINUTES:
            raise UnitMissingError(number=words)
        return minutes
    if not _BARE.fullmatch(words):
        raise HoursNotUnderstoodError
    number = int(words)
    if number == 0:
        raise NoTimeError
    if number <= 8:  # noqa: PLR2004 (the bare hours of the rule: 1 to 8)
        return number * MINUTES_PER_HOUR
    if (number % STEP_MINUTES == 0 and number <= 8 * MINUTES_PER_HOUR) or number > LONGEST_MINUTES:
        return number
    raise HoursUnclearError(number=words)


def round_half_up(exact: Fraction) -> int:
    """Return the nearest whole number; a half is rounded up."""
    return int((exact * 2 + 1) // 2)


def round_up_to_step(minutes: int, *, step: int = STEP_MINUTES) -> int:
    """Return the minutes rounded up to a multiple of the step: 20 becomes 30 with a step of 15."""
    return -(-minutes // step) * step


def split(minutes: int) -> tuple[int, int]:
    """Return (hours, minutes) of the absolute value: 90 and -90 are both (1, 30)."""
    return divmod(abs(minutes), MINUTES_PER_HOUR)
