"""The form of who turns a role down."""

from flask_babel import lazy_gettext as _
from wtforms import TextAreaField

from timebank.web.forms import KeyedForm, at_most, needed


class RefusalForm(KeyedForm):
    """Why a role is turned down."""

    reason = TextAreaField(
        _("Why not?"),
        description=_("A few kind words are enough. All who look after the time bank can read this."),
        validators=[needed(_("Say in a few words why.")), at_most(2000, _("Say it in 2,000 letters or fewer."))],
    )
