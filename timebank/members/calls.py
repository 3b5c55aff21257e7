"""What brokers tell by telephone: what there is to tell, and what came of a call."""

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from timebank.actors import Actor, Doing, may_broker
from timebank.errors import NotAllowedError
from timebank.notices.models import Delivery, DeliveryState
from timebank.notices.queries import Told, list_of_deliveries
from timebank.notices.rules import Way
from timebank.references import DeedName, Ref, Subject
from timebank.tasks.actions import close_task, open_task
from timebank.tasks.rules import TaskKind
from timebank.trail import actions as trail

#: So often a broker tries; then they decide whether it is left at that.
MOST_TRIES = 2


class Outcome(StrEnum):
    """What came of a call. `left` is for a broker who has tried often enough."""

    REACHED = "reached"
    LEFT_WORD = "left_word"
    WRONG_NUMBER = "wrong_number"
    LEFT = "left"


_FAILURES = {Outcome.WRONG_NUMBER: "wrong_number", Outcome.LEFT: "not_reached"}


def list_to_tell(session: Session, bank_id: int, member_id: int) -> tuple[Sequence[Told], int]:
    """Return what a member is to be told by telephone, oldest first, and how often somebody has tried."""
    calls = session.execute(
        select(Delivery.id, Delivery.tries).where(*_waiting(bank_id, member_id)).order_by(Delivery.id)
    ).all()
    tries = max((call.tries for call in calls), default=0)
    return list_of_deliveries(session, bank_id, [call.id for call in calls]), tries


def note_call(session: Session, member: Actor, outcome: Outcome, doing: Doing) -> None:
    """Write what came of ringing a member about everything that waits to be told. Raises NotAllowedError."""
    subject = Ref(Subject.MEMBER, member.code)
    if trail.is_repeat(session, doing, DeedName(f"call.{outcome}"), subject):
        return
    if not may_broker(doing.by):
        raise NotAllowedError
    waiting = select(Delivery).where(*_waiting(member.bank_id, member.membership_id)).order_by(Delivery.id)
    for delivery in session.scalars(waiting.with_for_update().execution_options(populate_existing=True)):
        delivery.tries += 1
        if outcome is not Outcome.LEFT_WORD:
            delivery.state = DeliveryState.SENT if outcome is Outcome.REACHED else DeliveryState.FAILED
            delivery.ended_at, delivery.failure = doing.now, _FAILURES.get(outcome)
    session.flush()
    if outcome is not Outcome.LEFT_WORD:
        close_task(session, member.bank_id, TaskKind.TELL_BY_PHONE, subject, doing)
    if outcome is Outcome.WRONG_NUMBER:
        open_task(session, member.bank_id, kind=TaskKind.PHONE_WRONG, subject=subject, now=doing.now)


def _waiting(bank_id: int, member_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        Delivery.bank_id == bank_id,
        Delivery.member_id == member_id,
        Delivery.way == Way.PHONE,
        Delivery.state == DeliveryState.READY,
    )
