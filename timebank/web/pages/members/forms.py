"""The forms about people."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from timebank.actors import STANDINGS, Role, Standing
from timebank.members.profiles import Profile
from timebank.web.forms import KeyedForm, SelectChoice, at_most, needed
from timebank.web.passwords import PresentPasswordField
from timebank.web.people import AreaField, PersonForm


class ProfileForm(PersonForm):
    """What a member says about themselves."""

    about = TextAreaField(
        _("About me"),
        description=_("What you like to do, and what others should know. Members of the time bank can read it."),
        validators=[at_most(2000, _("Say it in 2,000 letters or fewer."))],
    )
    area = AreaField(_("My part of the neighbourhood"), description=_("Others see no more than this of your address."))
    postal_address = TextAreaField(
        _("Postal address"),
        description=_("Only for letters from the time bank. No member sees it but the brokers."),
        render_kw={"autocomplete": "street-address", "rows": 3},
    )
    shows_phone = BooleanField(_("Show my phone number"))
    shows_email = BooleanField(_("Show my e-mail"))

    present = PresentPasswordField()

    def profile(self) -> Profile:
        """What was said, as it is kept."""
        email, phone = self.reach
        return Profile(
            name=self.said_name,
            email=email,
            phone=phone,
            about=(self.about.data or "").strip(),
            area_id=self.area.area_id,
            shows_phone=bool(self.shows_phone.data),
            shows_email=bool(self.shows_email.data),
            postal_address=self.postal_address.data or "",
        )


class RolesForm(KeyedForm):
    """What a member does in the bank besides giving and receiving; `before` is what the page showed."""

    before = HiddenField()
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

    @property
    def roles_before(self) -> frozenset[Role]:
        """The roles that the page showed."""
        return frozenset(Role(role) for role in (self.before.data or "").split(",") if role in set(Role))


class ContactProofForm(KeyedForm):
    """What there is to show that a contact is the member's own; `contact` is the one that the page showed."""

    contact = HiddenField()
    evidence = StringField(
        _("How do you know?"),
        description=_("Such as: rang the number on Monday and they answered, or they showed me the e-mail."),
        validators=[needed(_("Write down how you know.")), at_most(200, _("Say it in 200 letters or fewer."))],
    )


class EmailCodeForm(KeyedForm):
    """The code that was sent to an e-mail."""

    code = StringField(
        _("Code from the e-mail"),
        description=_("The 12 letters and digits, such as K7M3-Q2XZ-9ABC"),
        validators=[needed(_("Type the code.")), at_most(60, _("That is too long."))],
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"},
    )


class PhoneCodeForm(KeyedForm):
    """The code that was sent to a phone by text."""

    code = StringField(
        _("Code from the text message"),
        description=_("The 12 letters and digits, such as K7M3-Q2XZ-9ABC"),
        validators=[needed(_("Type the code.")), at_most(60, _("That is too long."))],
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"},
    )


_STANDINGS = {
    Standing.SUSPENDED: _("Suspended: they can read their hours, but not give, receive or change anything"),
    Standing.ACTIVE: _("Active: they are a member like all the others"),
}


class StandingForm(KeyedForm):
    """Where a membership is to stand from now on, and why."""

    standing = RadioField(_("From now on"), validate_choice=False)
    reason = TextAreaField(
        _("Why?"),
        description=_("Brokers and coordinators can read this later."),
        validators=[needed(_("Say why.")), at_most(2000, _("Say it in 2,000 letters or fewer."))],
    )

    def offer(self, now: Standing) -> None:
        """Offer where a membership can go from where it stands now; leaving has pages of its own."""
        self.standing.choices = [SelectChoice(to, _STANDINGS[to]) for to in STANDINGS[now] if to in _STANDINGS]

    def validate_standing(self, field: RadioField) -> None:
        """Any standing will do: a form that comes again names the one that was offered the first time."""
        if field.data not in set(Standing):
            raise ValidationError(str(_("Choose how it is from now on.")))
