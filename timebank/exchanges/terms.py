"""What two neighbours say about help before it is an exchange, and what must be true of it: day, sides, length."""

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy.orm import Session

from timebank import clock
from timebank.actors import Actor, may_exchange
from timebank.banks.models import Bank
from timebank.errors import FutureDayError, PastDayError
from timebank.exchanges import rules
from timebank.exchanges.errors import (
    CodeMakerPartError,
    ExtrasTooLongError,
    NothingSaidError,
    NotYoursError,
    OwnExchangeError,
    SamePersonError,
    SideNotActiveError,
    TooLongAgoError,
    TooManyAskedError,
    TooManyAskedOfOneError,
)
from timebank.exchanges.queries import count_asked
from timebank.exchanges.rules import Room, Side
from timebank.holders.queries import hold_standing
from timebank.ledger.hours import LONGEST_MINUTES, NoTimeError, TooLongError, round_up_to_step
from timebank.members.queries import find_actor_by_account
from timebank.spelling import is_blank


@dataclass(frozen=True, slots=True)
class Terms:
    """What two neighbours agree or record: who gave (accounts), what, on which day, how many minutes of help.

    Minutes of travel and of getting ready count on top; they are agreed before, and so are the time of day and the
    place. `listing_id` is what it came of, and `category_id` the kind of help; without one it is the listing's.
    """

    giver_account_id: int
    receiver_account_id: int
    what: str
    day: date
    minutes: int
    travel_minutes: int = 0
    preparation_minutes: int = 0
    listing_id: int | None = None
    category_id: int | None = None
    at: time | None = None
    meeting_place: str = ""

    @property
    def total_minutes(self) -> int:
        """Return the minutes of help, travel and preparation together."""
        return self.minutes + self.travel_minutes + self.preparation_minutes


def check_day(bank: Bank, day: date, now: datetime, *, to_come: bool) -> None:
    """Help is agreed for a day to come, and recorded when it has been.

    Raises PastDayError, FutureDayError or TooLongAgoError.
    """
    today = clock.local_day(now, bank.time_zone)
    if to_come:
        if day < today:
            raise PastDayError
        return
    if day > today:
        raise FutureDayError
    if day < rules.earliest_day(today, bank.back_dating_days):
        raise TooLongAgoError(days=bank.back_dating_days)


def check_sides(session: Session, terms: Terms, by: Actor) -> Side:
    """Return the actor's side, after the checks that proposing and recording share.

    Raises SamePersonError, OwnExchangeError, NotYoursError, NothingSaidError or SideNotActiveError.
    """
    if terms.giver_account_id == terms.receiver_account_id:
        raise SamePersonError
    if by.hand is not None and by.hand.account_id in {terms.giver_account_id, terms.receiver_account_id}:
        raise OwnExchangeError  # nobody acts for the other side of their own exchange
    if by.code_maker is not None and by.code_maker.account_id in {terms.giver_account_id, terms.receiver_account_id}:
        raise CodeMakerPartError(name=by.code_maker.name)
    side = {terms.giver_account_id: Side.GIVER, terms.receiver_account_id: Side.RECEIVER}.get(by.account_id)
    if side is None or not may_exchange(by):
        raise NotYoursError
    if is_blank(terms.what):
        raise NothingSaidError
    sides = (terms.giver_account_id, terms.receiver_account_id)
    hold_standing(session, by.bank_id, sides)
    for account_id in sides:
        holder = find_actor_by_account(session, by.bank_id, account_id)
        if holder is None or not may_exchange(holder):
            raise SideNotActiveError(name=holder.name if holder else "")
    return side


def check_room(session: Session, terms: Terms, by: Actor) -> None:
    """Check that no neighbour is asked more than they can answer. Raises TooManyAskedOfOneError or TooManyAskedError.

    A broker's proposals for a member count as the member's. Two proposals at the same moment may both be the last.
    """
    (other_id,) = {terms.giver_account_id, terms.receiver_account_id} - {by.account_id}
    asked = count_asked(session, by.bank_id, by.account_id, other_id)
    room = rules.room_to_propose(asked_of_this_one=asked.of_one, asked=asked.of_all)
    if room is Room.NOT_WITH_ANYBODY:
        raise TooManyAskedError(number=asked.of_all)
    if room is Room.NOT_WITH_THIS_ONE:
        other = find_actor_by_account(session, by.bank_id, other_id)
        raise TooManyAskedOfOneError(name=other.name if other else "", number=asked.of_one)


def all_minutes(terms: Terms) -> int:
    """Return all minutes that are agreed, not rounded: recording rounds them up.

    Raises NoTimeError, TooLongError or ExtrasTooLongError.
    """
    if terms.minutes <= 0:
        raise NoTimeError
    if max(terms.travel_minutes, terms.preparation_minutes) > rules.LONGEST_EXTRA_MINUTES:
        raise ExtrasTooLongError
    if terms.total_minutes > LONGEST_MINUTES:
        raise TooLongError
    return terms.total_minutes


def whole_steps(minutes: int) -> int:
    """Return minutes rounded up to the step in which the bank counts. Raises NoTimeError or TooLongError."""
    if minutes <= 0:
        raise NoTimeError
    if minutes > LONGEST_MINUTES:
        raise TooLongError
    return round_up_to_step(minutes)
