"""Template filters that format minutes, days and names in the reader's language."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date as babel_date, format_time as babel_time
from babel.numbers import format_decimal
from flask import Flask, g
from flask_babel import get_locale, gettext as _, ngettext
from markupsafe import Markup

from timebank import clock, codes
from timebank.ledger.hours import split
from timebank.web.exchange_words import how_words, state_look, state_words
from timebank.web.invitation_words import invitation_look, invitation_words
from timebank.web.people_words import role_words, stage_look, stage_words, standing_look, standing_words
from timebank.web.subjects import url_of_text

_SIX_DAYS = timedelta(days=6)


def hours_in_words(minutes: int) -> str:
    """Return '1 hour 30 minutes', '45 minutes' or '2 hours'; the sign is left out."""
    hours, rest = split(minutes)
    parts = []
    if hours:
        parts.append(ngettext("%(num)s hour", "%(num)s hours", hours))
    if rest or not hours:
        parts.append(ngettext("%(num)s minute", "%(num)s minutes", rest))
    return " ".join(parts)


def hours_short(minutes: int) -> str:
    """Return '1 h 30 min', '45 min' or '2 h', for tables, with a minus sign below zero."""
    hours, rest = split(minutes)
    parts = []
    if hours:
        parts.append(_("%(hours)s h", hours=hours))
    if rest or not hours:
        parts.append(_("%(minutes)s min", minutes=rest))
    return ("\u2212" if minutes < 0 else "") + "\u00a0".join(parts)


def hours_signed(minutes: int) -> str:
    """Return the same with a plus or minus sign."""
    sign = "\u2212" if minutes < 0 else "+"
    return f"{sign}\u00a0{hours_short(abs(minutes))}"


def written_at() -> datetime:
    """Return the moment at which something is written: an e-mail (`g.written_at`), or a page."""
    return g.get("written_at") or clock.now()


def today() -> date:
    """Return the calendar day in the bank's time zone: that of `written_at`."""
    return clock.local_day(written_at(), g.bank.time_zone)


def day_long(day: date) -> str:
    """'Yesterday, Friday 20 November'; the year where it is another one."""
    now, words = today(), _long(day)
    names = {now: _("Today"), now - timedelta(days=1): _("Yesterday"), now + timedelta(days=1): _("Tomorrow")}
    return f"{names[day]}, {words}" if day in names else words


def day_short(day: date) -> str:
    """'20 Nov'; the year where it is another one."""
    pattern = "d MMM" if day.year == today().year else "d MMM y"
    return str(babel_date(day, pattern, locale=get_locale()))


def day_of_month(day: date) -> str:
    """'12 December'; the year where it is another one."""
    pattern = "d MMMM" if day.year == today().year else "d MMMM y"
    return str(babel_date(day, pattern, locale=get_locale()))


def weekday(day: date) -> str:
    """'Friday' within six days of today; 'Friday 4 December' further away."""
    is_near = abs(day - today()) <= _SIX_DAYS
    return str(babel_date(day, "EEEE", locale=get_locale())) if is_near else _long(day)


def on_day(day: date) -> str:
    """'today', 'tomorrow' or 'on Friday', as `weekday` has it, to stand in a sentence."""
    now = today()
    names = {now: _("today"), now + timedelta(days=1): _("tomorrow")}
    return str(names[day] if day in names else _("on %(day)s", day=weekday(day)))


def weekday_alone(day: date) -> str:
    """'Friday'."""
    return str(babel_date(day, "EEEE", locale=get_locale()))


def time_of_day(at: time) -> str:
    """'10:30' as the reader's language writes it."""
    return str(babel_time(at, "HH:mm", locale=get_locale()))


def day_in_full(day: date) -> str:
    """'Friday 20 November', for what may be read on another day; the year where it is another one."""
    return _long(day)


def _long(day: date) -> str:
    pattern = "EEEE d MMMM" if day.year == today().year else "EEEE d MMMM y"
    return str(babel_date(day, pattern, locale=get_locale()))


def month_name(day: date) -> str:
    """'November 2026'."""
    return str(babel_date(day, "LLLL y", locale=get_locale()))


def late_for(day: date, recorded_at: datetime) -> date | None:
    """Return the first day of the month that an entry belongs to, if it was recorded in a later month."""
    month = day.replace(day=1)
    return month if clock.local_day(recorded_at, g.bank.time_zone).replace(day=1) > month else None


def month_alone(month: date) -> str:
    """'November'; the year where it is another one."""
    pattern = "LLLL" if month.year == today().year else "LLLL y"
    return str(babel_date(month, pattern, locale=get_locale()))


def moment(at: datetime) -> str:
    """'20 Nov, 10:02' where the bank is."""
    local = at.astimezone(ZoneInfo(g.bank.time_zone))
    return f"{day_short(local.date())}, {babel_time(local, 'HH:mm', locale=get_locale())}"


def thousands(number: int) -> str:
    """'18,204' as the reader's language groups figures."""
    return str(format_decimal(number, locale=get_locale()))


def bdi(name: str) -> Markup:
    """Return a name as an element with a direction of its own, so that one written from the right moves nothing else.

    What is marked up already stays as it is.
    """
    return name if isinstance(name, Markup) else Markup("<bdi>{}</bdi>").format(name)  # (format escapes the name)


def first_name(name: str) -> Markup:
    """Return the first word of a name, isolated by `bdi`."""
    return bdi(name.split(" ", 1)[0])


def set_up(app: Flask) -> None:
    """Register the filters and globals."""
    for template_filter in (
        hours_in_words,
        hours_short,
        hours_signed,
        day_long,
        day_in_full,
        day_short,
        weekday,
        weekday_alone,
        on_day,
        time_of_day,
        month_name,
        month_alone,
        late_for,
        moment,
        bdi,
        first_name,
        thousands,
        state_words,
        state_look,
        invitation_words,
        invitation_look,
        how_words,
        stage_words,
        stage_look,
        role_words,
        standing_words,
        standing_look,
    ):
        app.add_template_filter(template_filter)
    app.add_template_filter(codes.spoken, "spoken")
    app.add_template_filter(url_of_text, "subject_url")
    app.add_template_global(_locale_tag, "locale_tag")
    app.add_template_global(_text_direction, "text_direction")


def _locale_tag() -> str:
    """The page's language as HTML names it: 'en-GB'."""
    return str(get_locale()).replace("_", "-")


def _text_direction() -> str:
    """'ltr' or 'rtl'."""
    locale = get_locale()
    return str(locale.text_direction) if locale is not None else "ltr"
