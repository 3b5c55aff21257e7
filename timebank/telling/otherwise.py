"""Sending notices another way where the first one failed: by e-mail, or by a task for brokers to ring or post."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from timebank.actors import Standing
from timebank.banks.models import Bank
from timebank.notices.kinds import ANSWERS, CODES, Topic
from timebank.notices.outbox import move
from timebank.notices.queries import DeliveryRow, find_choice, list_of_deliveries
from timebank.notices.rules import STALE, Way, way_for
from timebank.references import Ref, Subject
from timebank.tasks.actions import open_task
from timebank.tasks.rules import TaskKind
from timebank.telling.recipients import Recipient, list_recipients
from timebank.telling.still_told import list_still_told


def tell_otherwise(session: Session, delivery: DeliveryRow, now: datetime, *, has_mail: bool = True) -> None:
    """Move the notices of a failed delivery that still apply to the ways that `way_for` returns for their kinds.

    A text is never the other way, nor an e-mail where the site has none (`has_mail`); codes and answers have no other.
    Calls and letters are tasks for brokers. What goes round the bank is left at that.
    """
    bank_id = delivery.bank_id
    reader = list_recipients(session, bank_id, [delivery.member_id]).get(delivery.member_id)
    if reader is None or delivery.topic != Topic.ABOUT_YOU:
        return
    choice = find_choice(session, bank_id, delivery.member_id, Topic.ABOUT_YOU)
    may_mail = has_mail and reader.reach.email and delivery.way != Way.EMAIL
    reach = replace(reader.reach, email=may_mail, text=False)
    notices = list_of_deliveries(session, bank_id, [delivery.id])
    recent = [notice for notice in notices if now - notice.told_at <= STALE]
    ids: dict[Way, list[int]] = {}
    for notice in list_still_told(session, bank_id, {reader.membership_id: reader}, recent, now):
        if notice.kind not in CODES | ANSWERS:
            ids.setdefault(way_for(notice.kind, choice, reach), []).append(notice.id)
    ids.pop(Way.NONE, None)
    for way, of_way in sorted(ids.items()):
        move(session, delivery, of_way, way, now)
    if Way.PHONE in ids:
        ask_to_ring(session, bank_id, reader, now)
    if Way.LETTER in ids:
        ask_to_post(session, session.get_one(Bank, bank_id), now)


def ask_for_email(session: Session, delivery: DeliveryRow, now: datetime) -> None:
    """Let brokers ask the reader of a delivery for another e-mail, since this one failed; nobody who has left."""
    reader = list_recipients(session, delivery.bank_id, [delivery.member_id]).get(delivery.member_id)
    if reader is not None and reader.standing != Standing.LEFT:
        subject = Ref(Subject.MEMBER, reader.code)
        open_task(session, delivery.bank_id, kind=TaskKind.EMAIL_FAILS, subject=subject, now=now)


def ask_to_ring(session: Session, bank_id: int, reader: Recipient, now: datetime) -> None:
    """Open the task to ring a member; while it is open, more notices open no second one."""
    open_task(session, bank_id, kind=TaskKind.TELL_BY_PHONE, subject=Ref(Subject.MEMBER, reader.code), now=now)


def ask_to_post(session: Session, bank: Bank, now: datetime) -> None:
    """Open the task to print and post a bank's letters; while it is open, more letters open no second one.

    Whoever opens other tasks in the same transaction does this last: all workers open tasks in the same order.
    """
    open_task(session, bank.id, kind=TaskKind.POST_LETTERS, subject=Ref(Subject.BANK, bank.slug), now=now)
