"""The form of the bank's rules: each a setting, typed as people say it."""

from zoneinfo import available_timezones

from flask_babel import get_locale, lazy_gettext as _
from phonenumbers import SUPPORTED_REGIONS
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from timebank.banks.rules import (
    DAYS_BACK,
    LONGEST_WELCOME,
    MOST_HELD,
    MOST_LETTERS,
    REFERENCES,
    REVIEW_MONTHS,
    TEXTS_A_MONTH,
    WAITING_DAYS,
    Rules,
)
from timebank.emails import is_email, plain_email
from timebank.phones import PhoneNotUnderstoodError, check_phone
from timebank.web.filters import hours_in_words
from timebank.web.forms import KeyedForm, LimitField, NumberField, SelectChoice, at_most, needed, tidy
from timebank.web.sentences import say

_TYPE_IT = needed(_("Type how many hours, such as 20 hours."))
_NUMBER = needed(_("Type a number."))
ALL, NEXT = "all", "next"
TIME, BROKERS = "time", "brokers"


class TimeRuleForm(KeyedForm):
    """What becomes of recorded help that nobody answers for a fortnight."""

    then = RadioField(
        _("What happens then?"),
        choices=[
            SelectChoice(BROKERS, _("A broker looks at it and rings")),
            SelectChoice(TIME, _("It counts as right, and the hours move")),
        ],
        validators=[needed(_("Choose one of these."))],
        validate_choice=False,
    )

    def validate_then(self, field: RadioField) -> None:
        """One of the two. Raises ValidationError with the sentence."""
        if field.data not in {TIME, BROKERS}:
            raise ValidationError(str(_("Choose one of these.")))


class RulesForm(KeyedForm):
    """What a coordinator sets. Hours are typed with their unit, and shown so."""

    name = StringField(
        _("Name of the time bank"),
        validators=[needed(_("Type the name.")), at_most(MOST_LETTERS["name"], _("That is too long for a name."))],
    )
    phone = StringField(
        _("Phone number"),
        description=_("It stands on every page."),
        validators=[at_most(MOST_LETTERS["phone"], _("That is too long for a phone number."))],
        render_kw={"inputmode": "tel", "autocomplete": "off"},
    )
    opening_hours = StringField(
        _("When somebody answers"),
        description=_("Such as Monday to Friday, 9 to 12."),
        validators=[at_most(MOST_LETTERS["opening_hours"], _("Say it in 120 letters or fewer."))],
    )
    email = StringField(
        _("E-mail of the office"),
        description=_("Who answers an e-mail from the time bank writes to it. It may be empty."),
        validators=[at_most(MOST_LETTERS["email"], _("That is too long for an e-mail."))],
        render_kw={"inputmode": "email", "autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    coordinator_name = StringField(
        _("Name of the coordinator"),
        description=_("It stands on every page."),
        validators=[at_most(MOST_LETTERS["coordinator_name"], _("That is too long for a name."))],
        render_kw={"autocomplete": "off"},
    )
    sends_letters = BooleanField(
        _("We send letters"),
        description=_("Members can choose to be told by post. Somebody has to print the letters and post them."),
    )
    texts_a_month = NumberField(
        _("How many text messages we send in a month at most"),
        description=_(
            "They cost money. With 0 we send none. Who is over the number is told another way. "
            "Only codes for who forgot their password are still sent, up to twice the number."
        ),
        lowest=TEXTS_A_MONTH[0],
        highest=TEXTS_A_MONTH[1],
        validators=[_NUMBER],
    )
    answers_by_text = BooleanField(
        _("Members may answer by text whether hours are right"),
        description=_(
            "Only who chose text messages, on a phone that they have shown to be theirs alone. "
            "The text names both people, the day and how long."
        ),
    )
    time_zone = SelectField(
        _("Time zone"), choices=[SelectChoice(zone, zone) for zone in sorted(available_timezones())]
    )
    phone_country = SelectField(
        _("Country of phone numbers"), description=_("For numbers that are typed without a country code.")
    )
    welcome = LimitField(
        _("Hours for whoever joins"),
        description=_("From the community pot. Such as 2 hours, or 0."),
        validators=[_TYPE_IT],
    )
    floor = LimitField(
        _("How far below zero members may go"), description=_("Such as 20 hours."), validators=[_TYPE_IT]
    )
    floor_for = RadioField(
        _("If you change it: for whom?"),
        choices=[
            SelectChoice(NEXT, _("For whoever joins from now on")),
            SelectChoice(ALL, _("For all members with the limit of today, where their hours allow")),
        ],
        default=NEXT,
    )
    low = LimitField(
        _("A broker talks with who is further below zero than"),
        description=_("Such as 10 hours."),
        validators=[_TYPE_IT],
    )
    high = LimitField(
        _("A broker talks with who has more to use than"), description=_("Such as 20 hours."), validators=[_TYPE_IT]
    )
    back_dating_days = NumberField(
        _("How many days back help may be recorded"), lowest=DAYS_BACK[0], highest=DAYS_BACK[1], validators=[_NUMBER]
    )
    references_needed = NumberField(
        _("How many references whoever joins needs"), lowest=REFERENCES[0], highest=REFERENCES[1], validators=[_NUMBER]
    )
    review_months = NumberField(
        _("After how many months an offer is asked about"),
        lowest=REVIEW_MONTHS[0],
        highest=REVIEW_MONTHS[1],
        validators=[_NUMBER],
    )
    waiting_days = NumberField(
        _("After how many days recorded help that nobody answers is set aside"),
        lowest=WAITING_DAYS[0],
        highest=WAITING_DAYS[1],
        validators=[_NUMBER],
    )
    held = LimitField(
        _("How many waiting hours count against a member who did not agree to them beforehand"),
        description=_("All of them together, such as 4 hours: so nobody can use up a neighbour's hours by writing."),
        validators=[_TYPE_IT],
    )
    privacy_notice = TextAreaField(
        _("Privacy notice"),
        description=_("What people agree to when they join. Leave it empty for the usual one."),
        validators=[at_most(MOST_LETTERS["privacy_notice"], _("Say it in 10,000 letters or fewer."))],
    )

    def __init__(self, rules: Rules) -> None:
        super().__init__(
            name=rules.name,
            phone=rules.phone,
            opening_hours=rules.opening_hours,
            email=rules.email,
            coordinator_name=rules.coordinator_name,
            time_zone=rules.time_zone,
            phone_country=rules.phone_country,
            welcome=hours_in_words(rules.welcome_minutes),
            floor=hours_in_words(rules.member_floor),
            low=hours_in_words(rules.soft_low),
            high=hours_in_words(rules.soft_high),
            back_dating_days=str(rules.back_dating_days),
            references_needed=str(rules.references_needed),
            review_months=str(rules.review_months),
            waiting_days=str(rules.waiting_days),
            held=hours_in_words(rules.unagreed_hold_minutes),
            privacy_notice=rules.privacy_notice,
            sends_letters=rules.sends_letters,
            texts_a_month=str(rules.texts_a_month),
            answers_by_text=rules.answers_by_text,
        )
        names = get_locale().territories
        countries = sorted((str(names.get(code, code)), code) for code in SUPPORTED_REGIONS)
        self.phone_country.choices = [SelectChoice(code, name) for name, code in countries]

    def validate_phone(self, field: StringField) -> None:
        """Somebody answers there. Raises ValidationError with the sentence."""
        try:
            if tidy(field.data):
                check_phone(tidy(field.data), self.phone_country.data)
        except PhoneNotUnderstoodError as error:
            raise ValidationError(say(error)) from error

    def validate_email(self, field: StringField) -> None:
        """It has an @. Raises ValidationError with the sentence."""
        if tidy(field.data) and not is_email(plain_email(field.data or "")):
            raise ValidationError(str(_("Type the e-mail with an @ in it, such as office@example.org.")))

    def validate_welcome(self, field: LimitField) -> None:
        """A day at most. Raises ValidationError with the sentence."""
        if (field.minutes or 0) > LONGEST_WELCOME:
            raise ValidationError(str(_("That is a lot for a start. Type 24 hours or fewer.")))

    def validate_held(self, field: LimitField) -> None:
        """A day at most. Raises ValidationError with the sentence."""
        if (field.minutes or 0) > MOST_HELD:
            raise ValidationError(str(_("That is a lot. Type 24 hours or fewer.")))

    def validate_floor(self, field: LimitField) -> None:
        """Somebody has to receive first. Raises ValidationError with the sentence."""
        if field.minutes == 0 and self.welcome.minutes == 0:
            sentence = _("Then nobody could be helped first. Leave some room below zero, or give welcome hours.")
            raise ValidationError(str(sentence))

    def validate_low(self, field: LimitField) -> None:
        """It lies above the lowest balance. Raises ValidationError with the sentence."""
        if field.minutes is not None and self.floor.minutes is not None and field.minutes > self.floor.minutes:
            raise ValidationError(str(_("Nobody gets that far below zero. Type less than the lowest balance.")))

    @property
    def rules(self) -> Rules:
        """The rules as they are kept."""
        return Rules(
            name=tidy(self.name.data),
            phone=tidy(self.phone.data),
            opening_hours=tidy(self.opening_hours.data),
            email=plain_email(self.email.data or ""),
            coordinator_name=tidy(self.coordinator_name.data),
            time_zone=self.time_zone.data,
            phone_country=self.phone_country.data,
            welcome_minutes=self.welcome.minutes or 0,
            member_floor=-(self.floor.minutes or 0),
            soft_low=-(self.low.minutes or 0),
            soft_high=self.high.minutes or 0,
            back_dating_days=self.back_dating_days.number or 0,
            references_needed=self.references_needed.number or 0,
            review_months=self.review_months.number or 0,
            waiting_days=self.waiting_days.number or 0,
            unagreed_hold_minutes=self.held.minutes or 0,
            privacy_notice=(self.privacy_notice.data or "").strip(),
            sends_letters=bool(self.sends_letters.data),
            texts_a_month=self.texts_a_month.number or 0,
            answers_by_text=bool(self.answers_by_text.data),
        )
