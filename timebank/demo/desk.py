"""What the desk of a bank does in three months: limits, standings, and what people asked a broker to look after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time, timedelta

from timebank.actors import Doing, Standing
from timebank.bookkeeping.queries import get_account
from timebank.demo.correcting import Adjusted
from timebank.demo.deeds import LowerLimit
from timebank.demo.stories import Neighbourhood, Story
from timebank.leaving.actions import leave, take_back_in
from timebank.leaving.rules import Going
from timebank.listings.actions import ask_broker
from timebank.members.limits import lower_limit
from timebank.members.queries import find_actor_by_code
from timebank.members.standing import change_standing
from timebank.references import Ref, Subject
from timebank.tasks.actions import finish, take
from timebank.tasks.queries import Shows, list_tasks
from timebank.tasks.rules import Kind

_ASKED_AT, _LOOKED_AT = time(11, 15), time(14, 20)


@dataclass(frozen=True, slots=True)
class Moved:
    """So many days ago, somebody was suspended, left, or came back, and why."""

    days_ago: int
    whose: str
    to: Standing
    reason: str


@dataclass(frozen=True, slots=True)
class LookedFor:
    """What a member asked a broker to find for them."""

    days_ago: int
    whose: str
    words: str


@dataclass(frozen=True, slots=True)
class Handled:
    """A task of this kind about somebody that a broker has taken, and what they noted where it is done."""

    days_ago: int
    kind: Kind
    whose: str
    broker: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class DeskWork:
    """All that a bank's desk has seen to. The coordinator changes limits and standings, and puts balances right.

    Where there is an `approver`, months are signed off.
    """

    limits: Sequence[LowerLimit] = ()
    moved: Sequence[Moved] = ()
    looked_for: Sequence[LookedFor] = ()
    handled: Sequence[Handled] = ()
    adjusted: Sequence[Adjusted] = ()
    approver: str = ""


def lower(place: Neighbourhood, told: LowerLimit, coordinator: str) -> Story:
    """The coordinator lets somebody go further below zero for a time."""
    now = yield place.moment(told.days_ago)
    lower_limit(
        place.session,
        place.bank,
        place.people[told.whose],
        Doing(place.people[coordinator], now, f"village-limit-{told.whose}"),
        below_minutes=-told.floor_minutes,
        reason=told.reason,
        until=place.today + timedelta(days=told.days - told.days_ago),
    )


def change(place: Neighbourhood, told: Moved, coordinator: str) -> Story:
    """The coordinator says where somebody stands from now on; the hours of who leaves go to the community pot."""
    now = yield place.moment(told.days_ago)
    session, member, key = place.session, place.people[told.whose], f"village-standing-{told.whose}-{told.to}"
    by = place.people[coordinator]
    if told.to is Standing.LEFT:
        going = Going(get_account(session, place.bank.id, member.account_id).balance, told.reason)
        leave(session, place.bank, member, going, Doing(by, now, key))
    elif told.to is Standing.ACTIVE:
        take_back_in(session, member, Doing(by, now, key), reason=told.reason)
    else:
        change_standing(session, member, told.to, Doing(by, now, key), reason=told.reason)
    found = find_actor_by_code(session, place.bank.id, member.code)
    if found is not None:
        place.people[told.whose] = found


def look_for(place: Neighbourhood, told: LookedFor) -> Story:
    """Somebody asks a broker to find somebody for them."""
    now = yield place.finds_time(told.whose, place.moment(told.days_ago, _ASKED_AT))
    key = f"village-looked-for-{told.whose}"
    ask_broker(place.session, told.words, Doing(place.actor(told.whose), now, key))


def handle(place: Neighbourhood, told: Handled) -> Story:
    """A broker takes a task, and where there is a note, it is done."""
    now = yield place.moment(told.days_ago, _LOOKED_AT)
    session, broker = place.session, place.people[told.broker]
    subject = str(Ref(Subject.MEMBER, place.people[told.whose].code))
    waiting = list_tasks(session, place.bank.id, Shows.OPEN, membership_id=broker.membership_id).rows
    code = next(row.code for row in waiting if (row.kind, row.subject) == (told.kind, subject))
    take(session, code, Doing(broker, now))
    if told.note:
        finish(session, code, Doing(broker, now), note=told.note)
