"""The rules that a bank sets for itself, as one value."""

from dataclasses import dataclass, fields
from zoneinfo import available_timezones

from phonenumbers import SUPPORTED_REGIONS

from timebank.banks.errors import RuleOutOfRangeError
from timebank.emails import is_email
from timebank.phones import is_phone
from timebank.spelling import is_blank

LONGEST_WELCOME = 24 * 60
#: Nobody's limit lies further off than this, so that it can be typed and read: 9,999 hours.
FURTHEST = 9_999 * 60
DAYS_BACK = (0, 3650)
REFERENCES = (0, 5)
REVIEW_MONTHS = (1, 60)
TEXTS_A_MONTH = (0, 100_000)
WAITING_DAYS = (15, 730)
MOST_HELD = 24 * 60
MOST_LETTERS = {
    "name": 80,
    "phone": 40,
    "coordinator_name": 80,
    "opening_hours": 120,
    "email": 254,
    "privacy_notice": 10_000,
}


@dataclass(frozen=True, slots=True)
class Rules:
    """What a coordinator sets. Limits are in minutes, those below zero with their sign; see Bank for the rest."""

    name: str
    phone: str
    opening_hours: str
    email: str
    coordinator_name: str
    time_zone: str
    phone_country: str
    welcome_minutes: int
    member_floor: int
    soft_low: int
    soft_high: int
    back_dating_days: int
    references_needed: int
    review_months: int
    unagreed_hold_minutes: int
    waiting_days: int
    privacy_notice: str
    sends_letters: bool
    texts_a_month: int
    answers_by_text: bool


RULE_NAMES = tuple(field.name for field in fields(Rules))


def rules_of(bank: object) -> Rules:
    """Return the rules of a bank."""
    return Rules(**{name: getattr(bank, name) for name in RULE_NAMES})


def check(rules: Rules) -> None:
    """Raise RuleOutOfRangeError for the first rule that is out of range."""
    fits = {
        "name": not is_blank(rules.name),
        "time_zone": rules.time_zone in available_timezones(),
        "phone_country": rules.phone_country in SUPPORTED_REGIONS,
        "email": not rules.email or is_email(rules.email),
        "phone": not rules.phone or is_phone(rules.phone, rules.phone_country),
        "welcome_minutes": 0 <= rules.welcome_minutes <= LONGEST_WELCOME,
        "member_floor": -FURTHEST <= rules.member_floor <= 0 and may_receive_first(rules),
        "soft_low": rules.member_floor <= rules.soft_low <= 0,
        "soft_high": 0 <= rules.soft_high <= FURTHEST,
        "back_dating_days": DAYS_BACK[0] <= rules.back_dating_days <= DAYS_BACK[1],
        "references_needed": REFERENCES[0] <= rules.references_needed <= REFERENCES[1],
        "review_months": REVIEW_MONTHS[0] <= rules.review_months <= REVIEW_MONTHS[1],
        "unagreed_hold_minutes": 0 <= rules.unagreed_hold_minutes <= MOST_HELD,
        "texts_a_month": TEXTS_A_MONTH[0] <= rules.texts_a_month <= TEXTS_A_MONTH[1],
        "waiting_days": WAITING_DAYS[0] <= rules.waiting_days <= WAITING_DAYS[1],
        **{f"{name}_length": len(getattr(rules, name)) <= most for name, most in MOST_LETTERS.items()},
    }
    for rule, is_fit in fits.items():
        if not is_fit:
            raise RuleOutOfRangeError(rule=rule.removesuffix("_length"))


def may_receive_first(rules: Rules) -> bool:
    """Return whether a new member can receive before giving: otherwise no first exchange could ever happen."""
    return rules.member_floor < 0 or rules.welcome_minutes > 0
