"""What brokers are asked to do where no e-mail is the way: ring somebody, or print a letter and post it."""

from datetime import datetime

from sqlalchemy.orm import Session

from timebank.banks.models import Bank
from timebank.members.recipients import Recipient
from timebank.references import Ref, Subject
from timebank.tasks.actions import open_task
from timebank.tasks.rules import TaskKind


def ask_to_ring(session: Session, bank_id: int, reader: Recipient, now: datetime) -> None:
    """Open the task to ring a member, which stays one until all is told."""
    open_task(session, bank_id, kind=TaskKind.TELL_BY_PHONE, subject=Ref(Subject.MEMBER, reader.code), now=now)


def ask_to_post(session: Session, bank: Bank, now: datetime) -> None:
    """Open the task to print and post a bank's letters, which stays one until none waits.

    Whoever has opened other tasks in the same transaction does this last: all workers open tasks in the same order.
    """
    open_task(session, bank.id, kind=TaskKind.POST_LETTERS, subject=Ref(Subject.BANK, bank.slug), now=now)
