"""Texts that come in, and what a gateway says of those that went out."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.actors import Standing
from timebank.members.models import Membership, Person
from timebank.notices.actions import stop_texts
from timebank.notices.kinds import Topic
from timebank.notices.models import Delivery, DeliveryState, Failure
from timebank.notices.queries import find_choice, find_delivery
from timebank.notices.rules import Way
from timebank.references import Ref, Subject
from timebank.rows import get_locked
from timebank.spelling import clean, fold
from timebank.tasks.actions import open_task
from timebank.tasks.errors import NotesFullError
from timebank.tasks.rules import TaskKind
from timebank.telling.otherwise import tell_otherwise
from timebank.telling.stopped import note_stop

#: What somebody sends who wants no more texts; the words that gateways know.
STOP_WORDS = frozenset({"stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit"})
#: So much of a text is kept: four messages that were sent as one.
MOST_LETTERS = 640


class TextState(StrEnum):
    """What a gateway says became of a text that it took: GOV.UK Notify's words."""

    DELIVERED = "delivered"
    PERMANENT_FAILURE = "permanent-failure"
    TEMPORARY_FAILURE = "temporary-failure"
    TECHNICAL_FAILURE = "technical-failure"


class _Sender(NamedTuple):
    bank_id: int
    membership_id: int
    code: str


def take_text(session: Session, phone: str, content: str, now: datetime) -> int:
    """Do what a text from a number (E.164) asks for; return for how many members.

    STOP ends the texts to everybody who has this number, and all codes that are sent there. Whatever else it says is a
    task for the brokers of each bank that sends texts to somebody with this number, since nobody else would read it. It
    moves nothing else: anybody can make a text look as if it came from a number.
    """
    is_stop = fold(content).strip(" .!") in STOP_WORDS
    known = _list_senders(session, phone, is_stop=is_stop)
    if is_stop and known:
        note_stop(session, phone, now)  # codes go to some who have not chosen texts
    senders = [sender for sender in known if _gets_texts(session, sender)]
    for sender in senders:
        if is_stop:
            stop_texts(session, sender.bank_id, sender.membership_id, sender.code, now=now)
        else:
            _ask_broker(session, sender, content, now)
    return len(senders)


class NotSentYetError(Exception):
    """The gateway was quicker than the worker, which has not written yet that the text was sent."""


def note_state(
    session: Session, bank_id: int, delivery_id: int, state: TextState, now: datetime, *, has_mail: bool
) -> bool:
    """Store the delivery state of a sent text; one that failed is sent another way. Return whether it changed anything.

    One of which the gateway had said nothing is not sent again once it says that it was delivered. Raises
    NotSentYetError: it is to be said again in a minute. `has_mail` is as for `tell_otherwise`.
    """
    if find_delivery(session, bank_id, delivery_id) is None:
        return False
    of_it = select(Delivery).where(Delivery.bank_id == bank_id, Delivery.id == delivery_id)
    delivery = get_locked(session, of_it)
    if delivery.way != Way.TEXT:
        return False
    if delivery.state == DeliveryState.READY and state is TextState.DELIVERED and delivery.failure is not None:
        delivery.state, delivery.ended_at = DeliveryState.SENT, now
        session.flush()
        return True
    if delivery.state in {DeliveryState.READY, DeliveryState.SENDING}:
        raise NotSentYetError
    if delivery.state != DeliveryState.SENT or state is TextState.DELIVERED:
        return False
    delivery.state, delivery.failure = DeliveryState.FAILED, Failure.NOT_DELIVERED
    session.flush()
    row = find_delivery(session, bank_id, delivery_id)
    if row is not None:
        tell_otherwise(session, row, now, has_mail=has_mail)
    return True


def _list_senders(session: Session, phone: str, *, is_stop: bool) -> list[_Sender]:
    """Return the memberships of those with this number, in all banks: active ones, and to stop in any standing."""
    standings = tuple(Standing) if is_stop else (Standing.ACTIVE,)
    query = (
        select(Membership.bank_id, Membership.id, Membership.code)
        .join(Person, Person.id == Membership.person_id)
        .where(Person.phone == phone, Membership.standing.in_(standings), Membership.is_holder.is_(False))
        .order_by(Membership.bank_id, Membership.id)
    )
    return [_Sender(*row) for row in session.execute(query)]


def _gets_texts(session: Session, sender: _Sender) -> bool:
    return find_choice(session, sender.bank_id, sender.membership_id, Topic.ABOUT_YOU).way is Way.TEXT


def _ask_broker(session: Session, sender: _Sender, content: str, now: datetime) -> None:
    """Open a task with the text; where a broker has more of this member's to read than they can, it is left out."""
    subject, note = Ref(Subject.MEMBER, sender.code), clean(content)[:MOST_LETTERS]
    try:
        open_task(
            session, sender.bank_id, kind=TaskKind.TEXT_CAME, subject=subject, note=note, now=now, is_limited=True
        )
    except NotesFullError:
        return
