"""The forms about people."""

from flask_babel import lazy_gettext as _
from wtforms import SelectMultipleField, StringField, TextAreaField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from timebank.errors import TimebankError
from timebank.members.rules import Role
from timebank.signing_in.queries import plain_email, plain_phone
from timebank.web.forms import KeyedForm, SelectChoice, at_most, needed, tidy
from timebank.web.sentences import say


class PhoneNotUnderstoodError(TimebankError):
    """What was typed is no phone number."""

    message_id = "phone_not_understood"


class PersonForm(KeyedForm):
    """A name and a way to reach somebody; one of phone and e-mail is enough."""

    plain_phone: str | None = None

    name = StringField(
        _("Name"),
        validators=[needed(_("Type the name.")), at_most(80, _("That is too long for a name."))],
        render_kw={"autocomplete": "name"},
    )
    phone = StringField(
        _("Phone"),
        validators=[at_most(40, _("That is too long for a phone number."))],
        render_kw={"autocomplete": "tel", "inputmode": "tel"},
    )
    email = StringField(
        _("E-mail"),
        description=_("May be shared with others in the household, or left empty."),
        validators=[at_most(254, _("That is too long for an e-mail."))],
        render_kw={"autocomplete": "email", "inputmode": "email", "autocapitalize": "none", "spellcheck": "false"},
    )

    def validate_phone(self, field: StringField) -> None:
        """Keep the number as it is compared. Raises ValueError with the sentence that helps."""
        if tidy(field.data):
            plain = plain_phone(tidy(field.data))
            if plain is None:
                raise ValidationError(say(PhoneNotUnderstoodError()))
            self.plain_phone = plain

    def validate_email(self, field: StringField) -> None:
        """An e-mail has one @ with something on both sides; whether it arrives is found out by sending."""
        if tidy(field.data):
            local, at, domain = plain_email(field.data or "").rpartition("@")
            if not (local and at and domain) or any(
                not sign.isprintable() or sign.isspace() for sign in local + domain
            ):
                raise ValidationError(str(_("Type the e-mail with an @ in it, such as ada@example.org.")))

    @property
    def reach(self) -> tuple[str | None, str | None]:
        """(e-mail, phone) as they are kept; None where there is none."""
        email = plain_email(self.email.data or "") or None
        return email, self.plain_phone

    @property
    def said_name(self) -> str:
        """The name without stray spaces."""
        return tidy(self.name.data)


class ProfileForm(PersonForm):
    """What a member says about themselves."""

    about = TextAreaField(
        _("About me"),
        description=_("What you like to do, and what others should know. Members of the time bank can read it."),
        validators=[at_most(2000, _("Say it in 2,000 letters or fewer."))],
    )


class RolesForm(KeyedForm):
    """What a member does in the bank besides giving and receiving."""

    roles = SelectMultipleField(
        _("Roles"),
        choices=[
            SelectChoice(Role.BROKER, _("Broker: looks after members and settles disputes")),
            SelectChoice(Role.COORDINATOR, _("Coordinator: sets the rules and corrects mistakes")),
            SelectChoice(Role.TRUSTEE, _("Trustee: approves what needs a second pair of eyes")),
            SelectChoice(Role.AUDITOR, _("Auditor: reads the books and changes nothing")),
        ],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )


class CodeForm(KeyedForm):
    """Nothing but a button."""
