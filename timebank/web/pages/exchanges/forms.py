"""The forms of an exchange."""

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, StringField, TextAreaField

from timebank.web.forms import HandForm, HoursField, KeyedForm, at_most, needed

_LONG = at_most(2000, _("Say it in 2,000 letters or fewer."))


class WordGivenForm(HandForm):
    """A button by which hours move; for a broker's hand, what there is to show."""


class ThanksForm(KeyedForm):
    """A line of thanks."""

    words = StringField(
        _("Say thank you"),
        description=_("A line that the other one reads."),
        validators=[
            needed(_("Write a few words.")),
            at_most(200, _("Say it in 200 letters or fewer.")),
        ],
    )


class DisputeForm(HandForm):
    """What is not right, and how long it was."""

    words = TextAreaField(
        _("What is not right?"), validators=[needed(_("Say in a few words what is not right.")), _LONG]
    )
    how_long = HoursField(
        _("How long was it, by your count?"),
        description=_("Such as 45 minutes. Leave it empty if the time is not the point; type 0 if nothing happened."),
        or_nothing=True,
    )


class DecisionForm(KeyedForm):
    """How many hours move, and why."""

    how_long = HoursField(
        _("How long was it?"),
        description=_("Such as 45 minutes. Type 0 if no hours should move."),
        validators=[needed(_("Type how long it was, or 0."))],
        or_nothing=True,
    )
    reason = TextAreaField(
        _("Why?"), description=_("Both will read this."), validators=[needed(_("Say why. Both will read it.")), _LONG]
    )


class DecidedForm(DecisionForm):
    """A decision that was looked at once more before it moves hours."""

    checked = HiddenField()


class AgreementForm(HandForm):
    """Agreeing to what the other side named; the minutes are those that the page showed."""

    minutes = HiddenField()
