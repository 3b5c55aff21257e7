"""The states of an exchange, the transitions between them, and who may do what. Pure functions of values.

An exchange has two sides. Whoever spoke first waits for the other: who proposed, for the other's yes; who recorded,
for the other's confirming. Nobody confirms, decides or approves their own. A broker who acts for a member is that
member's hand: the side is the member's, and the hand stays out of whatever else has to be impartial.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from timebank.actors import Actor, may_approve, may_broker, may_coordinate, may_exchange, may_see_all_exchanges
from timebank.approvals.rules import is_independent
from timebank.states import InState


class State(StrEnum):
    """The state of an exchange."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    RECORDED = "recorded"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    DISPUTED = "disputed"
    DECIDED = "decided"
    REVERSED = "reversed"


#: States in which somebody has still to act, and among them those in which the receiver's hours are held.
OPEN = (State.PROPOSED, State.ACCEPTED, State.RECORDED, State.DISPUTED)
WAITING = (State.RECORDED, State.DISPUTED)
#: States whose hours are in the books: those that stand, and those with an entry, which may be reversed.
MOVED = (State.CONFIRMED, State.DECIDED)
POSTED = (*MOVED, State.REVERSED)
#: States in which minutes and day were recorded; the others may have neither.
RECORDED = (*WAITING, *POSTED)


class OfExchange:
    """Questions about the state of an exchange, for tables and read models with its columns `state` and `minutes`."""

    __slots__ = ()

    is_proposed = InState("state", State.PROPOSED)
    is_accepted = InState("state", State.ACCEPTED)
    is_recorded = InState("state", State.RECORDED)
    is_confirmed = InState("state", State.CONFIRMED)
    is_declined = InState("state", State.DECLINED)
    is_disputed = InState("state", State.DISPUTED)
    is_decided = InState("state", State.DECIDED)
    is_reversed = InState("state", State.REVERSED)
    is_open = InState("state", *OPEN)
    waits = InState("state", *WAITING)
    has_moved = InState("state", *MOVED)
    is_posted = InState("state", *POSTED)


class Deed(StrEnum):
    """An action on an exchange."""

    PROPOSE = "propose"
    ACCEPT = "accept"
    DECLINE = "decline"
    CANCEL = "cancel"
    RECORD = "record"
    CONFIRM = "confirm"
    DISPUTE = "dispute"
    AGREE = "agree"
    DECIDE = "decide"
    REVERSE = "reverse"
    EXPIRE = "expire"


class Side(StrEnum):
    """The side of an exchange: who gave the help, and who received it."""

    GIVER = "giver"
    RECEIVER = "receiver"

    @property
    def other(self) -> "Side":
        """Return the other side."""
        return Side.RECEIVER if self is Side.GIVER else Side.GIVER


#: The state that a deed leads to, by the state before (None: a new exchange). Other transitions are refused.
TRANSITIONS: dict[tuple[State | None, Deed], State] = {
    (None, Deed.PROPOSE): State.PROPOSED,
    (State.PROPOSED, Deed.ACCEPT): State.ACCEPTED,
    (State.PROPOSED, Deed.DECLINE): State.DECLINED,
    (State.PROPOSED, Deed.CANCEL): State.CANCELLED,
    (State.ACCEPTED, Deed.CANCEL): State.CANCELLED,
    (None, Deed.RECORD): State.RECORDED,
    (State.ACCEPTED, Deed.RECORD): State.RECORDED,
    (State.RECORDED, Deed.CANCEL): State.CANCELLED,
    (State.RECORDED, Deed.EXPIRE): State.CANCELLED,  # nobody answered for a long time
    (State.RECORDED, Deed.CONFIRM): State.CONFIRMED,
    (State.RECORDED, Deed.DISPUTE): State.DISPUTED,
    (State.DISPUTED, Deed.AGREE): State.CONFIRMED,
    (State.DISPUTED, Deed.CANCEL): State.CANCELLED,  # both agree that nothing happened
    (State.DISPUTED, Deed.DECIDE): State.DECIDED,
    (State.CONFIRMED, Deed.REVERSE): State.REVERSED,
    (State.DECIDED, Deed.REVERSE): State.REVERSED,
}


#: How many proposals of one member may wait for an answer: of one neighbour, and of all. A page shows more that wait.
MOST_ASKED_OF_ONE = 10
MOST_ASKED = 40
#: How many drafts of a member are kept; a further one replaces the oldest.
MOST_DRAFTS = 20


class Room(StrEnum):
    """Whether a member may propose more: yes, no more to this neighbour, or no more to anybody."""

    FOR_MORE = "for_more"
    NOT_WITH_THIS_ONE = "not_with_this_one"
    NOT_WITH_ANYBODY = "not_with_anybody"


def room_to_propose(*, asked_of_this_one: int, asked: int) -> Room:
    """Return whether a member with so many proposals without an answer may make another."""
    if asked >= MOST_ASKED:
        return Room.NOT_WITH_ANYBODY
    return Room.NOT_WITH_THIS_ONE if asked_of_this_one >= MOST_ASKED_OF_ONE else Room.FOR_MORE


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The values of an exchange that rules need: its state, its accounts, and the sides that proposed and recorded it.

    `minutes` are those recorded or decided, `disputed_minutes` those that the other side named (None: none).
    """

    state: State
    giver_account_id: int
    receiver_account_id: int
    proposed_side: Side | None = None
    recorded_side: Side | None = None
    minutes: int | None = None
    disputed_minutes: int | None = None

    def side_of(self, account_id: int) -> Side | None:
        """Return the side of an account; None if it has no part in the exchange."""
        if account_id == self.giver_account_id:
            return Side.GIVER
        return Side.RECEIVER if account_id == self.receiver_account_id else None

    def account_of(self, side: Side) -> int:
        """Return the account of a side."""
        return self.giver_account_id if side is Side.GIVER else self.receiver_account_id


class ExchangeColumns(Protocol):
    """The columns of an exchange that rules need, in a model or a read model."""

    state: str
    giver_account_id: int
    receiver_account_id: int
    proposed_side: str | None
    recorded_side: str | None
    minutes: int | None
    disputed_minutes: int | None


def snapshot_of(exchange: ExchangeColumns) -> Snapshot:
    """Return the values of an exchange that rules need."""
    return Snapshot(
        state=State(exchange.state),
        giver_account_id=exchange.giver_account_id,
        receiver_account_id=exchange.receiver_account_id,
        proposed_side=Side(exchange.proposed_side) if exchange.proposed_side else None,
        recorded_side=Side(exchange.recorded_side) if exchange.recorded_side else None,
        minutes=exchange.minutes,
        disputed_minutes=exchange.disputed_minutes,
    )


def have_agreed(exchange: Snapshot) -> bool:
    """Return whether the two arranged this help together and it is not over: then each may see the other's contact.

    Help that only one side recorded does not count, or recording would be a way to learn a phone number.
    """
    arranged = exchange.proposed_side is not None
    return exchange.state is State.ACCEPTED or (arranged and exchange.state in WAITING)


def is_of_the_hand(exchange: Snapshot, actor: Actor) -> bool:
    """Return whether the broker who acts is a side of it: nobody acts for the other side of their own exchange."""
    return actor.hand is not None and exchange.side_of(actor.hand.account_id) is not None


def is_of_the_code_maker(exchange: Snapshot, actor: Actor) -> bool:
    """Return whether the broker who has seen the code of the actor's session is a side: they could be the actor."""
    return actor.code_maker is not None and exchange.side_of(actor.code_maker.account_id) is not None


def took_part(exchange: Snapshot, actor: Actor, hands: Collection[int]) -> bool:
    """Return whether they gave, received, or acted for a side; `hands` are the memberships of the brokers who did."""
    return exchange.side_of(actor.account_id) is not None or actor.membership_id in hands


def may_see(exchange: Snapshot, actor: Actor) -> bool:
    """Return whether the actor is a side of it, or looks after the bank."""
    return exchange.side_of(actor.account_id) is not None or may_see_all_exchanges(actor)


def may_accept(exchange: Snapshot, actor: Actor) -> bool:
    """Return whether the actor is the side that was asked."""
    side = exchange.side_of(actor.account_id)
    return (
        exchange.state is State.PROPOSED
        and side is not None
        and side is not exchange.proposed_side
        and may_exchange(actor)
    )


def may_cancel(exchange: Snapshot, actor: Actor) -> bool:
    """Return whether the actor proposed or recorded it, or is a side of what is agreed, and nobody has confirmed it."""
    side = exchange.side_of(actor.account_id)
    if side is None or not may_exchange(actor):
        return False
    spoke = {State.PROPOSED: exchange.proposed_side, State.RECORDED: exchange.recorded_side}
    return exchange.state is State.ACCEPTED or (exchange.state in spoke and spoke[exchange.state] is side)


def may_record(exchange: Snapshot, actor: Actor) -> bool:
    """Return whether the actor is a side of an agreed exchange."""
    return exchange.state is State.ACCEPTED and exchange.side_of(actor.account_id) is not None and may_exchange(actor)


def may_confirm(exchange: Snapshot, actor: Actor) -> bool:
    """Return whether the actor is the side that did not record it."""
    side = exchange.side_of(actor.account_id)
    return (
        exchange.state is State.RECORDED
        and side is not None
        and side is not exchange.recorded_side
        and may_exchange(actor)
    )


def may_dispute(exchange: Snapshot, actor: Actor) -> bool:
    """Return whether the actor may dispute it, which is whoever may confirm it."""
    return may_confirm(exchange, actor)


def agreeable_minutes(exchange: Snapshot, actor: Actor) -> int | None:
    """Return the minutes that this side of a dispute can agree to: those that the other side named, or None."""
    side = exchange.side_of(actor.account_id)
    if exchange.state is not State.DISPUTED or side is None or not may_exchange(actor):
        return None
    return exchange.disputed_minutes if side is exchange.recorded_side else exchange.minutes


def may_decide(exchange: Snapshot, actor: Actor, *, hands: Collection[int]) -> bool:
    """Return whether a broker may decide a dispute: one who took no part. `hands` as for `took_part`."""
    return exchange.state is State.DISPUTED and not took_part(exchange, actor, hands) and may_broker(actor)


def may_propose_reversal(exchange: Snapshot, actor: Actor) -> bool:
    """Return whether the actor is a coordinator, and hours have moved."""
    return exchange.state in MOVED and bool(exchange.minutes) and may_coordinate(actor)


def may_agree_to_reversal(exchange: Snapshot, actor: Actor) -> bool:
    """Return whether the actor is a side, without a broker's hand: a second approver decides for who cannot."""
    return exchange.side_of(actor.account_id) is not None and may_exchange(actor) and actor.hand is None


def may_approve_reversal(
    exchange: Snapshot, actor: Actor, *, proposed_by: int, hands: Collection[int], depends_on: Collection[int]
) -> bool:
    """Return whether the actor is a second approver, independent of the proposer, who took no part."""
    independent = is_independent(actor, proposed_by=proposed_by, depends_on=depends_on)
    return may_approve(actor) and independent and not took_part(exchange, actor, hands)


def may_thank(exchange: Snapshot, actor: Actor) -> bool:
    """Return whether the actor is a side, and hours have moved."""
    is_side = exchange.side_of(actor.account_id) is not None
    return exchange.state in MOVED and bool(exchange.minutes) and is_side and may_exchange(actor)


def earliest_day(today: date, back_dating_days: int) -> date:
    """Return the first day that can still be recorded."""
    return today - timedelta(days=back_dating_days)


#: Travel and getting ready, each, in minutes.
LONGEST_EXTRA_MINUTES = 600
