"""One question a page."""

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField, StringField, TextAreaField

from timebank.web.forms import KeyedForm, at_most, needed


class WhereForm(KeyedForm):
    """The community pot, or a name to look for; who was found stands beside the pot."""

    to = RadioField(_("Where do they go?"), choices=[], validate_choice=False)
    words = StringField(
        _("Or to a member: name or number"),
        description=_("Leave it empty for the community pot."),
        validators=[at_most(80, _("That is too long for a name."))],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


class ReasonForm(KeyedForm):
    """Why; and once it was looked at, that it was, and the balance that was shown."""

    reason = TextAreaField(
        _("Why?"),
        description=_("Brokers and coordinators can read this later."),
        validators=[needed(_("Say why.")), at_most(2000, _("Say it in 2,000 letters or fewer."))],
    )
    balance = HiddenField()
    checked = HiddenField()

    @property
    def shown_balance(self) -> int | None:
        """The minutes that the page showed; None where somebody sent something else."""
        typed = (self.balance.data or "")[:20]
        digits = typed.removeprefix("-")
        return int(typed) if digits.isascii() and digits.isdigit() else None
