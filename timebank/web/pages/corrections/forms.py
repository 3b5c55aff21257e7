"""The forms of corrections: from where to where, how long, when and why; which lines; yes, no and why not."""

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from timebank.web.forms import DayField, KeyedForm, LimitField, at_most, needed

_NAME_KEYS = {"autocomplete": "off", "spellcheck": "false"}
_LONG = at_most(2000, _("Say it in 2,000 letters or fewer."))
_LONG_NAME = at_most(80, _("That is too long for a name."))


def _why() -> TextAreaField:
    return TextAreaField(
        _("Why?"),
        description=_("Everybody whose hours it moves will read this."),
        validators=[needed(_("Say why. Everybody it is about will read it.")), _LONG],
    )


class CheckedForm(KeyedForm):
    """A form with a page to check before it is submitted."""

    checked = HiddenField()


class AdjustmentForm(CheckedForm):
    """Hours from one account to another: the pot, or somebody by name."""

    source = RadioField(_("From which account?"), choices=[], validate_choice=False)
    source_words = StringField(_("From: name or member number"), validators=[_LONG_NAME], render_kw=_NAME_KEYS)
    target = RadioField(_("To which account?"), choices=[], validate_choice=False)
    target_words = StringField(_("To: name or member number"), validators=[_LONG_NAME], render_kw=_NAME_KEYS)
    how_long = LimitField(
        _("How long?"),
        description=_("Such as 45 min, 1 h 30 or 30 hours."),
        validators=[needed(_("Type how long, such as 1 h 30."))],
    )
    day = DayField(
        _("Which day does it belong to?"),
        description=_("Such as 17 November or yesterday."),
        validators=[needed(_("Type the day."))],
    )
    reason = _why()


class LinesForm(CheckedForm):
    """Which lines of an entry to take back, and why."""

    lines = SelectMultipleField(
        _("Which lines?"),
        choices=[],
        coerce=int,
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    reason = _why()


class SignForm(KeyedForm):
    """What the signer looked at before signing a month."""

    words = TextAreaField(
        _("What did you look at?"),
        description=_("Such as: every late entry, and what was taken back. It stays with the figures."),
        validators=[needed(_("Say in a few words what you looked at.")), _LONG],
    )


class RefusalForm(KeyedForm):
    """Why somebody turns it down."""

    reason = TextAreaField(
        _("Why not?"),
        description=_("Who asked for it will read this."),
        validators=[needed(_("Say why. Who asked for it will read this.")), _LONG],
    )
