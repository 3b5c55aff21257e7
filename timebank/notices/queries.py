"""Queries of the outbox."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from timebank.notices.kinds import NoticeKind, Topic
from timebank.notices.models import Delivery, DeliveryState, Failure, Notice, NoticeChoice
from timebank.notices.rules import USUAL, Choice, Often, Way
from timebank.references import Ref, parse
from timebank.rows import columns_of, fetch, fetch_first


@dataclass(frozen=True, slots=True)
class Told:
    """A notice: its kind, what it is about, and facts, which its kind's words know how to read."""

    id: int
    bank_id: int
    member_id: int
    kind: NoticeKind
    subject: Ref
    occasion: str
    facts: Mapping[str, object]
    told_at: datetime


_COLUMNS = (
    Notice.id,
    Notice.bank_id,
    Notice.member_id,
    Notice.kind,
    Notice.subject,
    Notice.occasion,
    Notice.facts,
    Notice.told_at,
)


#: As the partial indexes have it, in so many words: bound values would not be known for the same.
IS_OPEN = text("delivery.state IN ('ready', 'sending')")
IS_WAITING = text("notice.state = 'waiting'")
HAS_FAILED = text("delivery.state = 'failed'")


def list_due(session: Session, now: datetime, most: int) -> Sequence[Told]:
    """Return the waiting notices that are due, oldest first, locked for this worker; another one skips them."""
    query = select(*_COLUMNS).where(IS_WAITING, Notice.due_at <= now)
    query = query.order_by(Notice.due_at, Notice.id).limit(most).with_for_update(skip_locked=True)
    return [_told(*row) for row in session.execute(query)]


def list_of_deliveries(session: Session, bank_id: int, delivery_ids: Sequence[int]) -> Sequence[Told]:
    """Return the notices that these deliveries carry, oldest first."""
    query = select(*_COLUMNS).where(Notice.bank_id == bank_id, Notice.delivery_id.in_(delivery_ids))
    return [_told(*row) for row in session.execute(query.order_by(Notice.id))]


def _told(  # noqa: PLR0913, PLR0917 (the columns of a row)
    id_: int, bank_id: int, member_id: int, kind: str, subject: str, occasion: str, facts: str, told_at: datetime
) -> Told:
    ref = parse(subject)
    if ref is None:
        raise ValueError(subject)
    return Told(id_, bank_id, member_id, NoticeKind(kind), ref, occasion, json.loads(facts), told_at)


class DeliveryRow(NamedTuple):
    """A delivery; its columns mean what they mean in `Delivery`."""

    bank_id: int
    id: int
    member_id: int
    topic: str
    way: str
    state: str
    made_at: datetime
    tries: int
    failure: str | None
    failing_since: datetime | None
    email: str | None
    stop_token: str
    claimed_until: datetime | None


def find_delivery(session: Session, bank_id: int, delivery_id: int) -> DeliveryRow | None:
    """Return the delivery with this id; None if there is none."""
    query = select(*columns_of(Delivery, DeliveryRow)).where(Delivery.bank_id == bank_id, Delivery.id == delivery_id)
    return fetch_first(session, query, DeliveryRow)


def find_by_stop_token(session: Session, bank_id: int, token: str) -> DeliveryRow | None:
    """Return the delivery whose stop link has this token; None if there is none."""
    query = select(*columns_of(Delivery, DeliveryRow)).where(Delivery.bank_id == bank_id, Delivery.stop_token == token)
    return fetch_first(session, query, DeliveryRow)


def find_choice(session: Session, bank_id: int, member_id: int, topic: Topic) -> Choice:
    """Return what a member chose for a topic; the usual choice if they chose nothing."""
    return list_choices(session, bank_id, [member_id]).get((member_id, topic), USUAL[topic])


def list_choices(session: Session, bank_id: int, member_ids: Sequence[int]) -> dict[tuple[int, Topic], Choice]:
    """Return {(membership id, topic): choice} of those of these members who have chosen."""
    query = select(NoticeChoice.member_id, NoticeChoice.topic, NoticeChoice.way, NoticeChoice.often)
    rows = session.execute(query.where(NoticeChoice.bank_id == bank_id, NoticeChoice.member_id.in_(set(member_ids))))
    return {(row.member_id, Topic(row.topic)): Choice(Way(row.way), Often(row.often)) for row in rows}


def list_sent_at(
    session: Session, bank_id: int, kind: NoticeKind, subjects: Sequence[str]
) -> list[tuple[str, datetime]]:
    """Return (subject, moment) of each notice of a kind about these subjects that went out and did not come back.

    A letter went out when it was posted, a call when somebody was reached.
    """
    query = (
        select(Notice.subject, Delivery.ended_at)
        .join(Delivery, (Delivery.bank_id == Notice.bank_id) & (Delivery.id == Notice.delivery_id))
        .where(
            Notice.bank_id == bank_id,
            Notice.kind == kind,
            Notice.subject.in_(subjects),
            Delivery.state == DeliveryState.SENT,
            Delivery.ended_at.is_not(None),
        )
    )
    return [(row.subject, row.ended_at) for row in session.execute(query) if row.ended_at is not None]


def count_texts(session: Session, bank_id: int, since: datetime) -> int:
    """Return the number of texts that were made for a bank since then, whether they were sent or not."""
    texts = (Delivery.bank_id == bank_id, Delivery.way == Way.TEXT, Delivery.made_at >= since)
    return session.scalar(select(func.count()).where(*texts)) or 0


class Backlog(NamedTuple):
    """How many notices and e-mails are due, since when the oldest is, and how many e-mails failed in a day."""

    due: int
    oldest_due_at: datetime | None
    failed: int


def find_backlog(session: Session, now: datetime, failed_since: datetime) -> Backlog:
    """Return the backlog over all banks; calls and letters, which brokers make, are not in it."""
    is_due = IS_OPEN & (Delivery.due_at <= now)
    sent_by_us = Delivery.way.in_((Way.EMAIL, Way.TEXT))
    deliveries = session.execute(select(func.count(), func.min(Delivery.due_at)).where(is_due, sent_by_us)).one()
    is_waiting = IS_WAITING & (Notice.due_at <= now)
    notices = session.execute(select(func.count(), func.min(Notice.due_at)).where(is_waiting)).one()
    failed = session.scalar(
        select(func.count()).where(HAS_FAILED, Delivery.way == Way.EMAIL, Delivery.ended_at >= failed_since)
    )
    oldest = min(filter(None, (deliveries[1], notices[1])), default=None)
    return Backlog(deliveries[0] + notices[0], oldest, failed or 0)


def count_failures(session: Session, way: Way, since: datetime) -> dict[Failure, int]:
    """Return {why: how many e-mails or texts failed}: those given up since then, and those still being retried."""
    gave_up = HAS_FAILED & (Delivery.ended_at >= since)
    query = select(Delivery.failure, func.count()).where(
        Delivery.way == way,
        Delivery.failure.is_not(None),
        gave_up | (IS_OPEN & Delivery.failing_since.is_not(None)),
    )
    rows = session.execute(query.group_by(Delivery.failure))
    return {Failure(failure): number for failure, number in rows if failure is not None}


def list_recent_deliveries(session: Session, bank_id: int, member_id: int, most: int) -> list[DeliveryRow]:
    """Return the last deliveries to a member, newest first."""
    query = select(*columns_of(Delivery, DeliveryRow)).where(
        Delivery.bank_id == bank_id, Delivery.member_id == member_id
    )
    return fetch(session, query.order_by(Delivery.id.desc()).limit(most), DeliveryRow)
