"""The form on which members say when they can help."""

from collections.abc import Collection
from datetime import date

from flask_babel import gettext, lazy_gettext as _
from wtforms import RadioField, SelectMultipleField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from timebank.members.languages import LANGUAGES
from timebank.members.rules import Helping
from timebank.web.days import day_as_typed
from timebank.web.forms import DayField, KeyedForm, SelectChoice, needed
from timebank.web.helping_words import by_name
from timebank.web.week import WeekField
from timebank.week import ANY_TIME, WHOLE_WEEK

_ANY = "any"
_DISTANCES = {
    "0": _("Only in my own area"),
    "15": _("Up to 15 minutes away"),
    "30": _("Up to 30 minutes away"),
    "60": _("Up to an hour away"),
    _ANY: _("Any distance"),
}
_INVITATIONS = {
    "0": _("Not for now"),
    "1": _("Once"),
    "2": _("Up to twice"),
    "3": _("Up to 3 times"),
    "5": _("Up to 5 times"),
}


class HelpingForm(KeyedForm):
    """Languages, free parts of the week, days away, distance, and invitations a week."""

    first_languages: frozenset[str] = frozenset()

    languages = SelectMultipleField(
        _("Which languages do you speak?"),
        description=_("Tick all in which you like to talk with others."),
        validators=[needed(_("Tick the languages that you speak, one at least."))],
        validate_choice=False,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    free = WeekField(_("When are you free?"))
    away_from = DayField(_("First day away"), description=_("Such as 3 December."), render_kw={"autocomplete": "off"})
    away_until = DayField(_("Last day away"), description=_("Such as 12 December."), render_kw={"autocomplete": "off"})
    farthest = RadioField(
        _("How far do you go, one way?"),
        choices=[SelectChoice(value, words) for value, words in _DISTANCES.items()],
        validate_choice=False,
    )
    invitations = RadioField(
        _("How often in a week may we ask you?"),
        choices=[SelectChoice(value, words) for value, words in _INVITATIONS.items()],
        validate_choice=False,
    )

    def offer_languages(self, most_spoken: Collection[str]) -> None:
        """Offer these languages first, and the others after them."""
        self.first_languages = frozenset(most_spoken)
        others = LANGUAGES - self.first_languages
        self.languages.choices = [
            SelectChoice(code, name) for codes in (most_spoken, others) for code, name in by_name(codes)
        ]

    @property
    def has_other_languages(self) -> bool:
        """Return whether one of those that are not offered first is ticked."""
        return bool(set(self.languages.data or ()) & LANGUAGES - self.first_languages)

    def validate_languages(self, field: SelectMultipleField) -> None:
        """Only those that are offered. Raises ValidationError."""
        if not LANGUAGES.issuperset(field.data or ()):
            raise ValidationError(gettext("Choose from the languages that are listed here."))

    def validate_farthest(self, field: RadioField) -> None:
        """One that is offered. Raises ValidationError."""
        if field.data not in _DISTANCES:
            raise ValidationError(gettext("Choose how far you go."))

    def validate_invitations(self, field: RadioField) -> None:
        """One that is offered. Raises ValidationError."""
        if field.data not in _INVITATIONS:
            raise ValidationError(gettext("Choose how often we may ask you."))

    def fill(self, helping: Helping, today: date) -> None:
        """Show what holds now; days away that have passed are empty again."""
        self.languages.data = sorted(helping.languages)
        self.free.fill(helping.free_parts)
        if helping.away_from and helping.away_until and helping.away_until >= today:
            self.away_from.data, self.away_until.data = map(day_as_typed, (helping.away_from, helping.away_until))
        minutes = helping.farthest_minutes
        self.farthest.data = _ANY if minutes is None else str(minutes)
        self.invitations.data = str(helping.most_invitations)

    def helping(self) -> Helping:
        """Return what was filled in, once it is valid."""
        bits = self.free.bits
        return Helping(
            free_parts=ANY_TIME if bits == WHOLE_WEEK else bits,
            away_from=self.away_from.day,
            away_until=self.away_until.day,
            farthest_minutes=None if self.farthest.data == _ANY else int(self.farthest.data),
            most_invitations=int(self.invitations.data),
            languages=frozenset(self.languages.data or ()),
        )
