"""The form of an announcement."""

from flask_babel import lazy_gettext as _
from wtforms import TextAreaField

from timebank.announcements.rules import MOST_DAYS, MOST_LETTERS, USUAL_DAYS
from timebank.web.forms import KeyedForm, NumberField, at_most, needed


class AnnouncementForm(KeyedForm):
    """Words, and for how many days."""

    words = TextAreaField(
        _("What should everybody know?"),
        description=_("Such as: the office is closed on Thursday. Nothing about anybody in particular."),
        validators=[
            needed(_("Write what everybody should know.")),
            at_most(MOST_LETTERS, _("Say it in 400 letters or fewer.")),
        ],
    )
    days = NumberField(
        _("For how many days?"),
        description=_("Today is the first. After the last it goes by itself."),
        lowest=1,
        highest=MOST_DAYS,
        default=str(USUAL_DAYS),
        validators=[needed(_("Type a number."))],
    )
