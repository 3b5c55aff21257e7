"""What was put right in the books of the village, and the months that two people have signed off."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from timebank.actors import Doing
from timebank.bookkeeping.queries import get_account_of_kind
from timebank.corrections import months
from timebank.corrections.actions import Adjustment, approve, propose_adjustment
from timebank.corrections.figures import list_months, next_month
from timebank.corrections.month_queries import reckon_months
from timebank.demo.stories import Neighbourhood, Story
from timebank.ledger.accounts import AccountKind

_AT_THE_DESK, _AFTER_LUNCH = time(9, 40), time(14, 5)
#: So many days into the next month the office signs the one before.
_DAYS_AFTER = 2
_WORDS = "I went through every late entry and everything that was taken back."


@dataclass(frozen=True, slots=True)
class Adjusted:
    """So many days ago the coordinator asked for minutes out of the pot for somebody, and who approved it, if anybody.

    `happened_days_ago` is the day that it belongs to.
    """

    days_ago: int
    whose: str
    minutes: int
    happened_days_ago: int
    reason: str
    approver: str = ""


def adjust(place: Neighbourhood, told: Adjusted, coordinator: str) -> Story:
    """The coordinator asks for an adjustment, and a second person approves it, or has yet to."""
    now = yield place.moment(told.days_ago, _AT_THE_DESK)
    session, bank = place.session, place.bank
    said = Adjustment(
        get_account_of_kind(session, bank.id, AccountKind.POT),
        place.people[told.whose].account_id,
        told.minutes,
        place.today - timedelta(days=told.happened_days_ago),
        told.reason,
    )
    key = f"village-adjusted-{told.whose}"
    code = propose_adjustment(session, bank, said, Doing(place.people[coordinator], now, key))
    if told.approver:
        now = yield place.moment(told.days_ago, _AFTER_LUNCH)
        approve(session, bank, code, Doing(place.people[told.approver], now, f"{key}-approved"))


def sign_off(place: Neighbourhood, coordinator: str, approver: str, *, until: datetime) -> Iterator[Story]:
    """Of the months that are over by now the last is still to be signed, the one before waits, and the others stand."""
    zone = place.moment(0).tzinfo
    first = place.bank.opened_at.astimezone(zone).date()
    over = [
        (month, at)
        for month in list_months(first, place.today)
        if (at := datetime.combine(_office_day(month), _AT_THE_DESK, zone)) < until
    ]
    for number, (month, at) in enumerate(reversed(over[:-1])):
        yield _sign(place, month, at, coordinator, approver if number else "")


def _office_day(month: date) -> date:
    return next_month(month) + timedelta(days=_DAYS_AFTER)


def _sign(place: Neighbourhood, month: date, at: datetime, coordinator: str, approver: str) -> Story:
    now = yield at
    session, bank = place.session, place.bank
    figures = reckon_months(session, bank.id, [month], bank.time_zone)[month]
    key = f"village-month-{month:%Y-%m}"
    by = place.people[coordinator]
    months.sign(session, bank, month, figures, Doing(by, now, key), words=_WORDS)
    if approver:
        now = yield at + timedelta(hours=5)
        figures = reckon_months(session, bank.id, [month], bank.time_zone)[month]
        by = place.people[approver]
        months.confirm(session, bank, month, figures, Doing(by, now, f"{key}-confirmed"))
