"""How a member is told where the way that was to reach them does not: by another one, or by brokers by hand."""

from datetime import datetime

from sqlalchemy.orm import Session

from timebank.banks.models import Bank
from timebank.members.recipients import Recipient, list_recipients
from timebank.notices.kinds import Topic
from timebank.notices.outbox import move
from timebank.notices.queries import DeliveryRow
from timebank.notices.rules import Way
from timebank.references import Ref, Subject
from timebank.tasks.actions import open_task
from timebank.tasks.rules import TaskKind


def tell_otherwise(session: Session, delivery: DeliveryRow, now: datetime, *, is_failed: bool = False) -> None:
    """Tell by e-mail what no text could, and else let brokers ring, or post a letter; a code is told by no other way.

    Where an e-mail failed (`is_failed`), brokers are asked to find out another one too.
    """
    bank_id = delivery.bank_id
    reader = list_recipients(session, bank_id, [delivery.member_id]).get(delivery.member_id)
    if reader is None:
        return
    if is_failed and delivery.way == Way.EMAIL:
        open_task(session, bank_id, kind=TaskKind.EMAIL_FAILS, subject=Ref(Subject.MEMBER, reader.code), now=now)
    if delivery.topic != Topic.ABOUT_YOU:
        return
    if delivery.way == Way.TEXT and reader.reach.email:
        move(session, delivery, Way.EMAIL, now)
    elif reader.reach.phone and move(session, delivery, Way.PHONE, now):
        ask_to_ring(session, bank_id, reader, now)
    elif reader.reach.letter and move(session, delivery, Way.LETTER, now):
        ask_to_post(session, session.get_one(Bank, bank_id), now)


def ask_to_ring(session: Session, bank_id: int, reader: Recipient, now: datetime) -> None:
    """Open the task to ring a member, which stays one until all is told."""
    open_task(session, bank_id, kind=TaskKind.TELL_BY_PHONE, subject=Ref(Subject.MEMBER, reader.code), now=now)


def ask_to_post(session: Session, bank: Bank, now: datetime) -> None:
    """Open the task to print and post a bank's letters, which stays one until none waits.

    Whoever opens other tasks in the same transaction does this last: all workers open tasks in the same order.
    """
    open_task(session, bank.id, kind=TaskKind.POST_LETTERS, subject=Ref(Subject.BANK, bank.slug), now=now)
