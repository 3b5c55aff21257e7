"""Parse a day as people type it: today, yesterday, 17 November, 17/11, 17.11.2026 or 2026-11-17. Never guessed."""

import re
from datetime import date, timedelta

from babel.dates import format_date, get_month_names
from flask_babel import get_locale, gettext as _

from timebank.errors import TimebankError
from timebank.spelling import fold, tidy
from timebank.web.filters import today

_NUMBERS = re.compile(r"(\d{1,2})[./ -](\d{1,2})(?:[./ -](\d{4}|\d{2}))?\.?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_WITH_MONTH = re.compile(r"(?:\w+,?\s+)?(\d{1,2})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?([^\W\d_]{3,})\.?,?(?:\s+(\d{4}))?")
_HALF_A_YEAR = timedelta(days=183)


class DayNotUnderstoodError(TimebankError):
    """The text cannot be parsed as a day."""

    message_id = "day_not_understood"


def read_day(text: str) -> date:
    """Return the day that was typed, day before month; without a year, the date nearest to today.

    Raises DayNotUnderstoodError.
    """
    days_from_now = {fold(_("Today")): 0, fold(_("Yesterday")): -1, fold(_("Tomorrow")): 1}
    if fold(text) in days_from_now:
        return today() + timedelta(days=days_from_now[fold(text)])
    words = tidy(text).casefold()  # digits and their separators are not folded
    if match := _ISO.fullmatch(words):
        return _day(int(match[3]), int(match[2]), int(match[1]))
    if match := _NUMBERS.fullmatch(words):
        return _nearest(int(match[1]), int(match[2]), match[3])
    if match := _WITH_MONTH.fullmatch(words):
        return _nearest(int(match[1]), _month(match[2]), match[3])
    raise DayNotUnderstoodError


def day_as_typed(day: date) -> str:
    """Return a day for a field to begin with, such as '17 November 2026'; `read_day` parses it."""
    return str(format_date(day, "d MMMM y", locale=get_locale()))


def _month(name: str) -> int:
    """Return the number of the month whose name begins like this. Raises DayNotUnderstoodError."""
    names = get_month_names("wide", locale=get_locale())
    numbers = [number for number, full in names.items() if fold(full).startswith(fold(name))]
    if len(numbers) != 1:
        raise DayNotUnderstoodError
    return int(numbers[0])


def _nearest(day: int, month: int, year: str | None) -> date:
    if year is not None:
        return _day(day, month, int(year) + (2000 if len(year) == 2 else 0))  # noqa: PLR2004 (two digits)
    now = today()
    for candidate in (now.year, now.year - 1, now.year + 1):
        nearest = _leap_day(candidate) if (month, day) == (2, 29) else _day(day, month, candidate)
        if nearest is not None and abs(nearest - now) <= _HALF_A_YEAR:
            return nearest
    return _day(day, month, now.year)


def _leap_day(year: int) -> date | None:
    try:
        return date(year, 2, 29)
    except ValueError:
        return None


def _day(day: int, month: int, year: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise DayNotUnderstoodError from error
