"""Words for when a member can help: 'Speaks English and Polish · free weekday mornings · away until 12 December'."""

from collections.abc import Collection
from datetime import date

from babel.lists import format_list
from flask_babel import get_locale, gettext, lazy_gettext as _, ngettext

from timebank.members.languages import SIGN_LANGUAGE
from timebank.members.rules import Helping, is_away
from timebank.spelling import fold
from timebank.web.filters import day_of_month
from timebank.web.week import when_it_suits
from timebank.week import (
    AFTERNOONS,
    ANY_TIME,
    EVENINGS,
    MORNINGS,
    WEEKDAY_MORNINGS,
    WEEKDAYS,
    WEEKEND,
    WHOLE_WEEK,
)

#: What Babel has no name for, or one that does not tell it from another of our languages.
_OWN_NAMES = {SIGN_LANGUAGE: _("British Sign Language"), "zh": _("Mandarin Chinese")}
_FREE = {
    ANY_TIME: _("free at any time"),
    WHOLE_WEEK: _("free at any time"),
    WEEKDAYS: _("free on weekdays"),
    WEEKEND: _("free at weekends"),
    MORNINGS: _("free every morning"),
    AFTERNOONS: _("free every afternoon"),
    EVENINGS: _("free every evening"),
    WEEKDAY_MORNINGS: _("free weekday mornings"),
    WEEKDAYS & AFTERNOONS: _("free weekday afternoons"),
    WEEKDAYS & EVENINGS: _("free weekday evenings"),
}


def language_name(code: str) -> str:
    """Return the name of a language in the reader's, or its code if there is none."""
    locale = get_locale()
    if code in _OWN_NAMES or locale is None:
        return str(_OWN_NAMES.get(code, code))
    return str(locale.languages.get(code, code))


def by_name(codes: Collection[str]) -> list[tuple[str, str]]:
    """Return (code, name) of languages, in the order of their names."""
    return sorted(((code, language_name(code)) for code in codes), key=lambda row: fold(row[1]))


def speaks_words(codes: Collection[str]) -> str:
    """'Speaks English and Polish'."""
    names = [name for _code, name in by_name(codes)]
    return str(gettext("Speaks %(languages)s", languages=format_list(names, locale=get_locale())))


def helping_words(helping: Helping, today: date) -> str:
    """Return in one line what a member says of when they can help; days away that have passed are left out."""
    parts = (
        speaks_words(helping.languages),
        str(_FREE.get(helping.free_parts) or gettext("free %(times)s", times=when_it_suits(helping.free_parts))),
        _distance_words(helping.farthest_minutes),
        _invitation_words(helping.most_invitations),
        _away_words(helping, today),
    )
    return " · ".join(part for part in parts if part)


def _distance_words(minutes: int | None) -> str:
    if minutes is None:
        return str(gettext("any distance"))
    return str(gettext("up to %(minutes)s minutes away", minutes=minutes)) if minutes else str(gettext("own area only"))


def _invitation_words(most: int) -> str:
    if not most:
        return str(gettext("no invitations for now"))
    return str(ngettext("up to %(num)s invitation a week", "up to %(num)s invitations a week", most))


def _away_words(helping: Helping, today: date) -> str:
    first, last = helping.away_from, helping.away_until
    if first is None or last is None or last < today:
        return ""
    if is_away(helping, today):
        return str(gettext("away until %(day)s", day=day_of_month(last)))
    if first == last:
        return str(gettext("away on %(day)s", day=day_of_month(first)))
    return str(gettext("away from %(first)s to %(last)s", first=day_of_month(first), last=day_of_month(last)))
