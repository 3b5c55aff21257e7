"""A day as people type it: today, yesterday, 17 November, 17/11, 17.11.2026 or 2026-11-17. Never guessed."""

import re
from datetime import date, timedelta

from babel.dates import get_month_names
from flask_babel import get_locale, gettext as _

from timebank.errors import TimebankError
from timebank.web.filters import today

_NUMBERS = re.compile(r"(\d{1,2})[./ -](\d{1,2})(?:[./ -](\d{4}|\d{2}))?\.?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_WITH_MONTH = re.compile(r"(?:\w+,?\s+)?(\d{1,2})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?([^\W\d_]{3,})\.?,?(?:\s+(\d{4}))?")
_HALF_A_YEAR = timedelta(days=183)


class DayNotUnderstoodError(TimebankError):
    """The words do not say a day."""

    message_id = "day_not_understood"


def read_day(text: str) -> date:
    """The day that was typed, day before month; without a year, the one nearest to today.

    Raises DayNotUnderstoodError.
    """
    words = " ".join(text.strip().casefold().split())
    said = {
        _("Today").casefold(): 0,
        _("Yesterday").casefold(): -1,
        _("Tomorrow").casefold(): 1,
    }
    if words in said:
        return today() + timedelta(days=said[words])
    if found := _ISO.fullmatch(words):
        return _day(int(found[3]), int(found[2]), int(found[1]))
    if found := _NUMBERS.fullmatch(words):
        return _nearest(int(found[1]), int(found[2]), found[3])
    if found := _WITH_MONTH.fullmatch(words):
        return _nearest(int(found[1]), _month(found[2]), found[3])
    raise DayNotUnderstoodError


def _month(name: str) -> int:
    """The number of a month by its name or the start of it."""
    names = get_month_names("wide", locale=get_locale())
    found = [number for number, full in names.items() if full.casefold().startswith(name)]
    if len(found) != 1:
        raise DayNotUnderstoodError
    return int(found[0])


def _nearest(day: int, month: int, year: str | None) -> date:
    if year is not None:
        return _day(day, month, int(year) + (2000 if len(year) == 2 else 0))  # noqa: PLR2004 (two digits)
    now = today()
    for candidate in (now.year, now.year - 1, now.year + 1):
        found = _leap_day(candidate) if (month, day) == (2, 29) else _day(day, month, candidate)
        if found is not None and abs(found - now) <= _HALF_A_YEAR:
            return found
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
