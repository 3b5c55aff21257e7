"""Forms of invitations, of the plan for all requests, and of how a bank matches."""

from collections.abc import Callable
from datetime import date, time
from typing import TypeVar

from flask_babel import gettext, lazy_gettext as _
from wtforms import BooleanField, HiddenField, RadioField, StringField, TextAreaField

from timebank.matching.invitation_rules import MOST_LETTERS
from timebank.matching.inviting import InvitationText
from timebank.matching.settings import MORE_THAN_NONE, MOST, NUMBERS, MatchingSettings
from timebank.web.forms import (
    DayField,
    HandForm,
    HoursField,
    KeyedForm,
    NumberField,
    SelectChoice,
    TimeOfDayField,
    at_most,
    needed,
    tidy,
)

Value = TypeVar("Value")

IN_TURN, AT_ONCE = "in_turn", "at_once"
_NUMBER = needed(_("Type a number."))
_HOW_LONG = _("Type how long it takes, such as 45 minutes or 1 hour.")


class InvitationForm(KeyedForm):
    """What members are asked: when, how long, where, some words, and in which order."""

    day = DayField(
        _("Which day?"),
        description=_("Such as tomorrow or 4 December. Leave it empty if whoever says yes may choose it."),
        render_kw={"autocomplete": "off"},
    )
    at = TimeOfDayField(
        _("At what time?"),
        description=_("Such as 10:30 or 2 pm. Leave it empty if any time does."),
        render_kw={"autocomplete": "off"},
    )
    how_long = HoursField(
        _("About how long?"), description=_("Such as 45 minutes or 1 hour."), validators=[needed(_HOW_LONG)]
    )
    meeting_place = StringField(
        _("Where?"),
        description=_("Such as: at the health centre. Never an address: they give it to each other."),
        validators=[at_most(MOST_LETTERS["meeting_place"], _("Say it in 120 letters or fewer."))],
        render_kw={"autocomplete": "off"},
    )
    words = TextAreaField(
        _("Anything else they should know?"),
        validators=[at_most(MOST_LETTERS["words"], _("Say it in 300 letters or fewer."))],
        render_kw={"rows": 2},
    )
    order = RadioField(
        _("Whom do we ask first?"),
        choices=[
            SelectChoice(IN_TURN, _("One after the other: the next is asked once somebody cannot, or does not answer")),
            SelectChoice(AT_ONCE, _("All at once: the first yes counts")),
        ],
    )

    seen = HiddenField()

    def fill(self, settings: MatchingSettings) -> None:
        """Begin with an hour, in the order in which the bank asks."""
        self.how_long.data = gettext("1 hour")
        self.order.data = IN_TURN if settings.in_turn else AT_ONCE

    def show(self, day: date | None, at: time | None) -> None:
        """Remember the day and the time of the request that the page shows."""
        self.seen.data = f"{day.isoformat() if day else ''} {at.isoformat() if at else ''}"

    def text(self) -> InvitationText:
        """Return what members are asked: what the page showed of the request counts, and else what was typed."""
        day, _space, at = (self.seen.data or "").partition(" ")
        return InvitationText(
            _read(date.fromisoformat, day) or self.day.day,
            _read(time.fromisoformat, at) or self.at.at,
            self.how_long.minutes or 0,
            meeting_place=tidy(self.meeting_place.data),
            words=(self.words.data or "").strip(),
            in_turn=self.order.data == IN_TURN,
        )


def _read(reader: Callable[[str], Value], text: str) -> Value | None:
    try:
        return reader(text) if text else None
    except ValueError:
        return None


class YesForm(HandForm):
    """On which day and at what time somebody helps, where the invitation names none."""

    day = DayField(
        _("Which day suits you?"),
        description=_("Such as tomorrow or 4 December."),
        validators=[needed(_("Type the day that suits you."))],
        render_kw={"autocomplete": "off"},
    )
    at = TimeOfDayField(
        _("At what time?"),
        description=_("Such as 10:30 or 2 pm. You can leave it empty, and agree on it with each other."),
        render_kw={"autocomplete": "off"},
    )


class PlanForm(KeyedForm):
    """How long each of the planned exchanges takes; who is asked stands beside it."""

    how_long = HoursField(
        _("About how long does each take?"),
        description=_("Such as 1 hour. The two can say otherwise when they write it down."),
        validators=[needed(_HOW_LONG)],
    )


def _number(name: str, label: object, description: object = "") -> NumberField:
    least = 1 if name in MORE_THAN_NONE else 0
    return NumberField(label, description=description, lowest=least, highest=MOST[name], validators=[_NUMBER])


class SettingsForm(KeyedForm):
    """What a coordinator sets about matching."""

    kind = _number("kind", _("The same kind of help"), _("The words of an offer count up to 100."))
    main_kind = _number("main_kind", _("A kind of help beside it"))
    near = _number("near", _("Living in the same area"))
    free = _number("free", _("Being free when it suits"))
    below_zero = _number("below_zero", _("Being ten hours below zero"), _("They are glad of a chance to give."))
    asked = _number("asked", _("Taken off for each time somebody was asked"), _("So that not the same few are asked."))
    asked_weeks = _number("asked_weeks", _("Over how many weeks asking counts"))
    rest_days = _number(
        "rest_days",
        _("Days of rest after no answer"),
        _("After two times without an answer in a row, twice as many."),
    )
    answer_days = _number("answer_days", _("Days to answer in"))
    in_turn = BooleanField(_("Usually ask one after the other, not all at once"))

    def __init__(self, settings: MatchingSettings) -> None:
        known = {name: str(getattr(settings, name)) for name in NUMBERS}
        super().__init__(**known, in_turn=settings.in_turn)

    def said(self) -> MatchingSettings:
        """Return the settings as they are kept."""
        numbers = {name: getattr(self, name).number or 0 for name in NUMBERS}
        return MatchingSettings(**numbers, in_turn=bool(self.in_turn.data))
