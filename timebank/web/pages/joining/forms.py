"""The forms of joining. What is asked on the site is asked on the phone as well, in the same words."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField, StringField, TextAreaField

from timebank.joining.actions import NewApplication
from timebank.joining.rules import Agreed, Step
from timebank.members.rules import ContactKind
from timebank.web.forms import KeyedForm, SelectChoice, at_most, needed
from timebank.web.people import AreaField, PersonForm

_LONG = at_most(2000, _("Say it in 2,000 letters or fewer."))


class _WishForm(PersonForm):
    """Who wants to join."""

    area = AreaField(
        _("Part of the neighbourhood"), description=_("Other members see no more than this of an address.")
    )
    about = TextAreaField(
        _("A few words"),
        description=_("What they like to do, and what would be a help. It may stay empty."),
        validators=[_LONG],
    )
    is_adult = BooleanField(
        _("18 years or older"), validators=[needed(_("Tick this if it is so: people join from the age of 18."))]
    )

    def wish(self, agreed: Agreed) -> NewApplication:
        """What was said, as it is kept."""
        email, phone = self.reach
        return NewApplication(
            name=self.said_name,
            email=email,
            phone=phone,
            area_id=self.area.area_id,
            about=(self.about.data or "").strip(),
            is_adult=bool(self.is_adult.data),
            agreed=agreed,
        )


class JoinForm(_WishForm):
    """Somebody who wants to join says so themselves."""

    about = TextAreaField(
        _("A few words about you"),
        description=_("What you like to do, and what would be a help. Members can read it once you are one."),
        validators=[_LONG],
    )
    is_adult = BooleanField(
        _("I am 18 or older"), validators=[needed(_("Tick this if it is so: people join from the age of 18."))]
    )
    agrees = BooleanField(
        _("I have read this, and I agree"), validators=[needed(_("Read what we keep about you, and tick this."))]
    )


class WrittenDownForm(_WishForm):
    """A broker writes it down for somebody without a computer."""

    how = RadioField(
        _("How did they agree to what we keep?"),
        choices=[
            SelectChoice(Agreed.PHONE, _("On the phone")),
            SelectChoice(Agreed.PAPER, _("On paper")),
            SelectChoice(Agreed.IN_PERSON, _("In person")),
        ],
        validators=[needed(_("Choose how they agreed. Read it to them first."))],
    )


class InterviewForm(KeyedForm):
    """What came of talking with the applicant."""

    words = TextAreaField(
        _("What you talked about"),
        description=_("Brokers and coordinators can read this later, nobody else."),
        validators=[needed(_("Write a few words about the talk.")), _LONG],
    )


class ReferenceForm(KeyedForm):
    """Who knows the applicant, and what they say."""

    referee = StringField(
        _("Who gave the reference?"),
        validators=[needed(_("Type their name.")), at_most(80, _("That is too long for a name."))],
        render_kw={"autocomplete": "off"},
    )
    words = TextAreaField(
        _("How they know the person, and what they say"),
        description=_("Brokers and coordinators can read this later, nobody else."),
        validators=[needed(_("Write how they know the person.")), _LONG],
    )


class InductionForm(KeyedForm):
    """What the applicant was shown."""

    words = TextAreaField(
        _("What you showed them"),
        description=_("Hours, safety, whom to ring. It may stay empty; brokers and coordinators can read it."),
        validators=[_LONG],
    )


class AdmitForm(KeyedForm):
    """On which contacts the broker has reached the applicant; the page shows those that they gave."""

    reached_by_phone = BooleanField(_("I have spoken with them on this phone"))
    reached_by_email = BooleanField(_("They have answered from this e-mail"))

    @property
    def proved(self) -> frozenset[ContactKind]:
        """The contacts that are proved to be theirs."""
        ticked = {ContactKind.PHONE: self.reached_by_phone.data, ContactKind.EMAIL: self.reached_by_email.data}
        return frozenset(kind for kind, is_ticked in ticked.items() if is_ticked)


class DeclineForm(KeyedForm):
    """Why the bank cannot take the applicant in."""

    words = TextAreaField(
        _("Why?"),
        description=_("Brokers and coordinators can read this later. Tell the person yourself, kindly."),
        validators=[needed(_("Say why.")), _LONG],
    )


class WithdrawForm(KeyedForm):
    """The applicant does not want to join any more."""

    words = TextAreaField(
        _("What they said"),
        description=_("It may stay empty. Brokers and coordinators can read this later."),
        validators=[_LONG],
    )


#: The form of each step that takes an application on.
FORMS: dict[Step, type[KeyedForm]] = {
    Step.INTERVIEW: InterviewForm,
    Step.REFERENCE: ReferenceForm,
    Step.INDUCT: InductionForm,
    Step.ADMIT: AdmitForm,
}
