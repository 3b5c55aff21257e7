"""The forms of signing in. They allow pasting, and password managers recognize their fields."""

from flask_babel import lazy_gettext as _
from wtforms import PasswordField, StringField

from timebank.web.forms import KeyedForm, at_most, needed
from timebank.web.passwords import PresentPasswordField

_TOO_LONG = _("That is too long.")


class SignInForm(KeyedForm):
    """Who and a password."""

    who = StringField(
        _("Member number, e-mail or phone"),
        validators=[needed(_("Type your member number, e-mail or phone.")), at_most(254, _TOO_LONG)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        _("Password"),
        validators=[needed(_("Type your password.")), at_most(1000, _TOO_LONG)],
        render_kw={"autocomplete": "current-password"},
    )


class ForgottenForm(KeyedForm):
    """Who has no password, or has forgotten it."""

    who = StringField(
        _("Member number, e-mail or phone"),
        validators=[needed(_("Type your member number, e-mail or phone.")), at_most(254, _TOO_LONG)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )


class SignInCodeForm(KeyedForm):
    """A code on paper, from an e-mail or a text."""

    code = StringField(
        _("Sign-in code"),
        description=_("The 12 letters and digits, such as K7M3-Q2XZ-9ABC"),
        validators=[needed(_("Type the code.")), at_most(60, _TOO_LONG)],
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"},
    )


class PasswordForm(KeyedForm):
    """A new password, once: showing it is the browser's business, and pasting is allowed."""

    present = PresentPasswordField()
    password = PasswordField(
        _("New password"),
        description=_("At least 8 signs. Three words that do not belong together are good and easy to keep in mind."),
        validators=[needed(_("Type a new password.")), at_most(1000, _TOO_LONG)],
        render_kw={"autocomplete": "new-password"},
    )
