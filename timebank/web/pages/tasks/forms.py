"""The forms of a task."""

from flask_babel import lazy_gettext as _
from wtforms import TextAreaField

from timebank.web.forms import KeyedForm, at_most, needed


class OutcomeForm(KeyedForm):
    """What came of a task."""

    note = TextAreaField(
        _("What came of it?"),
        description=_("A sentence is enough. Other brokers and coordinators can read it."),
        validators=[
            needed(_("Say in a few words what came of it.")),
            at_most(2000, _("Say it in 2,000 letters or fewer.")),
        ],
    )
