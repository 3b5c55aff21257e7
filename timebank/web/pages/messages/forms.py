"""The forms of messages."""

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, TextAreaField

from timebank.messages.rules import MOST_LETTERS
from timebank.web.forms import KeyedForm, at_most, needed


class MessageForm(KeyedForm):
    """What one writes; `about` is the reference of what it is about."""

    about = HiddenField()
    words = TextAreaField(
        _("Your message"),
        validators=[needed(_("Write something.")), at_most(MOST_LETTERS, _("Say it in 2,000 letters or fewer."))],
        render_kw={"rows": 6},
    )


class ReportForm(KeyedForm):
    """Why a broker should look."""

    words = TextAreaField(
        _("What is the matter?"),
        description=_("A broker reads this, and then what the two of you have written."),
        validators=[
            needed(_("Say in a few words what is the matter.")),
            at_most(400, _("Say it in 400 letters or fewer.")),
        ],
    )
