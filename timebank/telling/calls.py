"""Notices by telephone: what a broker has to say, and the outcome of a call."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, ScalarResult, select
from sqlalchemy.orm import Session

from timebank.actors import Actor, Doing, may_broker
from timebank.errors import NotAllowedError
from timebank.notices.models import Delivery, DeliveryState
from timebank.notices.queries import Told, list_of_deliveries
from timebank.notices.rules import Way
from timebank.references import DeedName, Ref, Subject
from timebank.tasks.actions import close_task, lock_task, open_task
from timebank.tasks.rules import TaskKind
from timebank.telling.errors import NothingToTellError
from timebank.trail import actions as trail

#: So often a broker tries; then they decide whether it is left at that.
MOST_TRIES = 2


class Outcome(StrEnum):
    """What came of a call. `given_up` is for a broker who has tried often enough."""

    REACHED = "reached"
    LEFT_WORD = "left_word"
    WRONG_NUMBER = "wrong_number"
    GIVEN_UP = "given_up"


_FAILURES = {Outcome.WRONG_NUMBER: "wrong_number", Outcome.GIVEN_UP: "not_reached"}


@dataclass(frozen=True, slots=True)
class ToTell:
    """What a broker has to say to a member, the number of tries so far, and the last delivery's id."""

    notices: Sequence[Told]
    tries: int
    until: int


def list_to_tell(session: Session, bank_id: int, member_id: int) -> ToTell:
    """Return what a broker has to say to a member by telephone, oldest first."""
    calls = session.execute(
        select(Delivery.id, Delivery.tries).where(*_waiting(bank_id, member_id)).order_by(Delivery.id)
    ).all()
    ids = [call.id for call in calls]
    notices = list_of_deliveries(session, bank_id, ids)
    return ToTell(notices, max((call.tries for call in calls), default=0), max(ids, default=0))


def note_call(session: Session, member: Actor, outcome: Outcome, doing: Doing, *, until: int) -> None:
    """Write what came of ringing a member about what stood on the page, which ended with the delivery `until`.

    What came since stays on the list. Raises NotAllowedError, or NothingToTellError where nothing waits any more, or
    somebody leaves it at calls that were not tried.
    """
    subject = Ref(Subject.MEMBER, member.code)
    content = {"until": until}
    if trail.is_repeat(session, doing, DeedName(f"call.{outcome}"), subject, content):
        return
    if not may_broker(doing.by):
        raise NotAllowedError
    lock_task(session, member.bank_id, TaskKind.TELL_BY_PHONE, subject)  # so nobody adds to it meanwhile
    waiting = list(_lock_waiting(session, member))
    about = [delivery for delivery in waiting if delivery.id <= until]
    tries = max((delivery.tries for delivery in about), default=0)
    if (outcome is Outcome.WRONG_NUMBER and not about) or (outcome is Outcome.GIVEN_UP and tries < MOST_TRIES):
        raise NothingToTellError
    for delivery in about:
        delivery.tries += 1
        if outcome is not Outcome.LEFT_WORD:
            delivery.state = DeliveryState.SENT if outcome is Outcome.REACHED else DeliveryState.FAILED
            delivery.ended_at, delivery.failure = doing.now, _FAILURES.get(outcome)
    session.flush()
    if outcome is not Outcome.LEFT_WORD and len(about) == len(waiting):
        close_task(session, member.bank_id, TaskKind.TELL_BY_PHONE, subject, doing)
    if outcome is Outcome.WRONG_NUMBER:
        open_task(session, member.bank_id, kind=TaskKind.PHONE_WRONG, subject=subject, now=doing.now)


def _lock_waiting(session: Session, member: Actor) -> ScalarResult[Delivery]:
    waiting = select(Delivery).where(*_waiting(member.bank_id, member.membership_id)).order_by(Delivery.id)
    return session.scalars(waiting.with_for_update().execution_options(populate_existing=True))


def _waiting(bank_id: int, member_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        Delivery.bank_id == bank_id,
        Delivery.member_id == member_id,
        Delivery.way == Way.PHONE,
        Delivery.state == DeliveryState.READY,
    )
