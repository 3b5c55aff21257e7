"""The forms of limits: how far, why, until when."""

from flask_babel import lazy_gettext as _
from wtforms import TextAreaField

from timebank.web.forms import DayField, KeyedForm, LimitField, at_most, needed

_DAY = _("Such as 31 March 2027. At most a year ahead.")


class PotForm(KeyedForm):
    """How far below zero the pot may go, until a day or for good."""

    below = LimitField(
        _("How far below zero may it go?"),
        description=_("Such as 20 hours, or 0."),
        validators=[needed(_("Type how far, such as 20 hours."))],
    )
    reason = TextAreaField(
        _("Why?"),
        description=_("It stays on record. Brokers, and those who answer for the books, can read it."),
        validators=[needed(_("Say why. It stays on record.")), at_most(2000, _("Say it in 2,000 letters or fewer."))],
    )
    until = DayField(
        _("Until which day?"), description=_("Leave it empty if it is to stay so. Or a day, such as 31 March 2027.")
    )


class LimitForm(PotForm):
    """The same for a member, always until a day."""

    below = LimitField(
        _("How far below zero may they go?"),
        description=_("Such as 30 hours, or 0."),
        validators=[needed(_("Type how far, such as 30 hours."))],
    )
    until = DayField(_("Until which day?"), description=_DAY, validators=[needed(_("Type the last day."))])
