"""The forms of a reversal."""

from flask_babel import lazy_gettext as _
from wtforms import TextAreaField

from timebank.web.forms import KeyedForm, at_most, needed


class ReversalForm(KeyedForm):
    """Why an exchange is to be taken back."""

    reason = TextAreaField(
        _("Why?"),
        description=_("Both people will read this."),
        validators=[needed(_("Say why. Both will read it.")), at_most(2000, _("Say it in 2,000 letters or fewer."))],
    )
