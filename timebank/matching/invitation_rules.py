"""The states of an invitation, who may answer it, until when, and who rests from being asked. Pure."""

from datetime import date, time, timedelta
from enum import StrEnum
from typing import Protocol

from timebank.actors import Actor, may_broker, may_exchange
from timebank.members.rules import INVITATIONS
from timebank.states import InState
from timebank.week import AFTERNOON, DAYS_A_WEEK, EVENING, MORNING, part, whole_day

#: Hours of the clock at which the afternoon and the evening begin.
NOON, EVENING_BEGINS = 12, 17
#: Over so many days the invitations of a member are counted against how many a week they want.
A_WEEK = timedelta(days=7)
#: How much longer somebody rests after two or more invitations in a row without an answer.
LONGER = 2
MOST_ASKED_AT_ONCE = 10
MOST_LETTERS = {"meeting_place": 120, "words": 300}


class InvitationState(StrEnum):
    """The state of an invitation. It is `next` while those before it in a broker's list are asked."""

    NEXT = "next"
    SENT = "sent"
    YES = "yes"
    NO = "no"
    SILENT = "silent"
    TAKEN_BACK = "taken_back"
    NOT_NEEDED = "not_needed"


#: States in which an invitation still waits for something, and those in which its member has answered it.
STANDING = (InvitationState.NEXT, InvitationState.SENT)
ANSWERED = (InvitationState.YES, InvitationState.NO)
#: Whoever said this of a request, or nothing, is not asked about the same day again.
NOT_AGAIN = (*STANDING, *ANSWERED, InvitationState.SILENT)


class Answer(StrEnum):
    """What a member answers; with `less`, that is not this time, and to be asked less often from now on."""

    YES = "yes"
    NO = "no"
    LESS = "less"


class OfInvitation:
    """Questions about the state of an invitation, for its table and read models with the column `state`."""

    __slots__ = ()

    is_next = InState("state", InvitationState.NEXT)
    is_sent = InState("state", InvitationState.SENT)
    is_yes = InState("state", InvitationState.YES)
    is_no = InState("state", InvitationState.NO)
    is_silent = InState("state", InvitationState.SILENT)
    is_taken_back = InState("state", InvitationState.TAKEN_BACK)
    is_not_needed = InState("state", InvitationState.NOT_NEEDED)
    is_standing = InState("state", *STANDING)


class RequestColumns(Protocol):
    """The columns of a request that say what it is for, on which day and at what time."""

    @property
    def title(self) -> str: ...  # noqa: D102 (a column)
    @property
    def wanted_on(self) -> date | None: ...  # noqa: D102 (a column)
    @property
    def wanted_time(self) -> time | None: ...  # noqa: D102 (a column)
    @property
    def every_week(self) -> bool: ...  # noqa: D102 (a column)


def answer_by(today: date, answer_days: int, day: date | None) -> date:
    """Return the last day on which an invitation of today can be answered: never later than the day it is for."""
    last = today + timedelta(days=answer_days)
    return last if day is None else min(last, day)


def fewer(most_invitations: int) -> int:
    """Return how many invitations a week somebody gets who wants fewer; at 1 they get none."""
    return max((number for number in INVITATIONS if number < most_invitations), default=0)


def parts_of(day: date, at: time | None) -> int:
    """Return the bits of a day of the week, or of its morning, afternoon or evening where the time is known."""
    if at is None:
        return whole_day(day.weekday())
    return part(day.weekday(), MORNING if at.hour < NOON else AFTERNOON if at.hour < EVENING_BEGINS else EVENING)


def is_still_asked(listing: RequestColumns, title: str, day: date | None, at: time | None) -> bool:
    """Return whether a request is called so, and is for this day and time.

    Where it names no day or no time, a broker or a helper may name one.
    """
    if listing.title != title or listing.wanted_time not in {None, at}:
        return False
    if listing.wanted_on is None:
        return True
    if day is None or not listing.every_week:
        return day == listing.wanted_on
    return day >= listing.wanted_on and (day - listing.wanted_on).days % DAYS_A_WEEK == 0


def may_invite(actor: Actor) -> bool:
    """Return whether the actor invites members to help: a broker who acts for nobody."""
    return actor.hand is None and may_broker(actor)


def may_answer(actor: Actor, *, member_id: int) -> bool:
    """Return whether the actor answers an invitation of this member: themselves, or a broker's hand for them."""
    return may_exchange(actor) and actor.membership_id == member_id


def may_read(actor: Actor, *, member_id: int, is_sent: bool) -> bool:
    """Return whether the actor sees an invitation of this member; before it is sent, brokers only."""
    return may_invite(actor) or (is_sent and actor.membership_id == member_id)
