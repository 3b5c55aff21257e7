"""The demo's adjustments and signed-off months."""

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
#: A month is signed off this many days into the next one.
_DAYS_AFTER = 2
_WORDS = "I went through every late entry and everything that was taken back."


@dataclass(frozen=True, slots=True)
class Adjusted:
    """An adjustment from the pot to a member, proposed `days_ago` days ago by the coordinator.

    `happened_days_ago` is the day that it is for; without an `approver` it is still open.
    """

    days_ago: int
    whose: str
    minutes: int
    happened_days_ago: int
    reason: str
    approver: str = ""


def adjust(neighbourhood: Neighbourhood, adjusted: Adjusted, coordinator: str) -> Story:
    """The coordinator proposes an adjustment, and a second person approves it unless it is to stay open."""
    now = yield neighbourhood.moment(adjusted.days_ago, _AT_THE_DESK)
    session, bank = neighbourhood.session, neighbourhood.bank
    adjustment = Adjustment(
        get_account_of_kind(session, bank.id, AccountKind.POT),
        neighbourhood.people[adjusted.whose].account_id,
        adjusted.minutes,
        neighbourhood.today - timedelta(days=adjusted.happened_days_ago),
        adjusted.reason,
    )
    key = f"village-adjusted-{adjusted.whose}"
    code = propose_adjustment(session, bank, adjustment, Doing(neighbourhood.people[coordinator], now, key))
    if adjusted.approver:
        now = yield neighbourhood.moment(adjusted.days_ago, _AFTER_LUNCH)
        approve(session, bank, code, Doing(neighbourhood.people[adjusted.approver], now, f"{key}-approved"))


def sign_off(neighbourhood: Neighbourhood, coordinator: str, approver: str, *, until: datetime) -> Iterator[Story]:
    """Yield the stories of finished months: the last is unsigned, the one before unconfirmed, all others confirmed."""
    zone = neighbourhood.moment(0).tzinfo
    first = neighbourhood.bank.opened_at.astimezone(zone).date()
    over = [
        (month, at)
        for month in list_months(first, neighbourhood.today)
        if (at := datetime.combine(_office_day(month), _AT_THE_DESK, zone)) < until
    ]
    for number, (month, at) in enumerate(reversed(over[:-1])):
        yield _sign(neighbourhood, month, at, coordinator, approver if number else "")


def _office_day(month: date) -> date:
    return next_month(month) + timedelta(days=_DAYS_AFTER)


def _sign(neighbourhood: Neighbourhood, month: date, at: datetime, coordinator: str, approver: str) -> Story:
    now = yield at
    session, bank = neighbourhood.session, neighbourhood.bank
    figures = reckon_months(session, bank.id, [month], bank.time_zone)[month]
    key = f"village-month-{month:%Y-%m}"
    by = neighbourhood.people[coordinator]
    months.sign(session, bank, month, figures, Doing(by, now, key), words=_WORDS)
    if approver:
        now = yield at + timedelta(hours=5)
        figures = reckon_months(session, bank.id, [month], bank.time_zone)[month]
        by = neighbourhood.people[approver]
        months.confirm(session, bank, month, figures, Doing(by, now, f"{key}-confirmed"))
