"""What a worker does with the outbox: put notices into deliveries, claim deliveries, and write what came of them.

A delivery is claimed in one transaction, sent outside of any, and its end is written in another. A worker that is
killed in between leaves a claim that runs out; the delivery is then sent again, at most once more for each such death.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Table,
    Update,
    and_,
    bindparam,
    delete,
    insert,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from timebank import clock
from timebank.notices.kinds import Topic
from timebank.notices.models import Delivery, DeliveryState, Dropped, Failure, LetterBundle, Notice, NoticeState
from timebank.notices.queries import IS_OPEN, DeliveryRow
from timebank.notices.rules import Way, next_try_at
from timebank.rows import columns_of

#: How long a claim holds, longer than any try of one e-mail takes; the claims of others that wait are renewed.
CLAIM = timedelta(minutes=15)
#: How long notices are kept after they were sent, as security events are.
KEPT = timedelta(days=366)
#: Failures that say nothing about a mail server.
_OURS = frozenset({Failure.PROGRAM, Failure.NOT_SUPPORTED})
_COLUMNS = columns_of(Delivery, DeliveryRow)
#: Bytes of a stop link's token.
_TOKEN_BYTES = 24
_NOTICES, _DELIVERIES = cast("Table", Notice.__table__), cast("Table", Delivery.__table__)
#: Puts one waiting notice into a delivery; run with a list of them.
_PUT = (
    update(_NOTICES)
    .where(
        _NOTICES.c.bank_id == bindparam("of_bank"),
        _NOTICES.c.id == bindparam("of_notice"),
        _NOTICES.c.state == NoticeState.WAITING,
    )
    .values(state=NoticeState.IN_DELIVERY, delivery_id=bindparam("into"))
)


class NewDelivery(NamedTuple):
    """A delivery to be made: to whom (id of membership), about what, how, and of which notices (by id).

    `email` is one that the member had before.
    """

    member_id: int
    topic: Topic
    way: Way
    notice_ids: Sequence[int]
    at_any_hour: bool = False
    email: str | None = None


def put_into_deliveries(session: Session, bank_id: int, deliveries: Sequence[NewDelivery], now: datetime) -> list[int]:
    """Make deliveries of waiting notices, due now, in two statements for all; return their ids, in the same order."""
    if not deliveries:
        return []
    ids = [clock.next_id() for _delivery in deliveries]
    rows = [
        {
            "bank_id": bank_id,
            "id": id_,
            "member_id": delivery.member_id,
            "topic": delivery.topic.value,
            "way": delivery.way.value,
            "state": DeliveryState.READY.value,
            "made_at": now,
            "due_at": now,
            "at_any_hour": delivery.at_any_hour,
            "email": delivery.email,
            "stop_token": secrets.token_urlsafe(_TOKEN_BYTES),
        }
        for delivery, id_ in zip(deliveries, ids, strict=True)
    ]
    session.execute(insert(Delivery), rows)
    put = [
        {"of_bank": bank_id, "of_notice": notice_id, "into": id_}
        for delivery, id_ in zip(deliveries, ids, strict=True)
        for notice_id in delivery.notice_ids
    ]
    if put:
        session.connection().execute(_PUT, put)
    return ids


def put_into_delivery(  # noqa: PLR0913 (whose, about what, how and which)
    session: Session, bank_id: int, member_id: int, topic: Topic, way: Way, notice_ids: Sequence[int], *, now: datetime
) -> int:
    """Make one delivery of these notices, due now; return its id."""
    [id_] = put_into_deliveries(session, bank_id, [NewDelivery(member_id, topic, way, notice_ids)], now)
    return id_


def drop_notices(session: Session, bank_id: int, notice_ids: Sequence[int], because: Dropped) -> None:
    """Mark waiting notices as never to be sent."""
    _set(session, bank_id, notice_ids, state=NoticeState.DROPPED, dropped_because=because)


def put_off(session: Session, bank_id: int, notice_ids: Sequence[int], due_at: datetime) -> None:
    """Let waiting notices wait until `due_at`."""
    _set(session, bank_id, notice_ids, due_at=due_at)


def _set(session: Session, bank_id: int, notice_ids: Sequence[int], **values: object) -> None:
    if notice_ids:
        session.execute(
            update(Notice)
            .where(Notice.bank_id == bank_id, Notice.id.in_(notice_ids), Notice.state == NoticeState.WAITING)
            .values(values)
            .execution_options(synchronize_session=False)
        )


def claim(
    session: Session, now: datetime, most: int, *, quiet: Sequence[int] = (), way: Way = Way.EMAIL
) -> Sequence[DeliveryRow]:
    """Claim e-mails or texts that are due, and those whose claim has run out. Commit before sending any.

    First what is for safety, such as codes, then what is about members, then what goes round the bank: of these the
    oldest. So nobody who waits for a code waits for thousands of others' news. Of banks (by id) in which it is `quiet`
    only those that go out at any hour.
    """
    for topic, at_any_hour in _ORDER:
        of_it = [Delivery.way == way, Delivery.topic == topic, Delivery.at_any_hour == at_any_hour]
        if not at_any_hour:
            of_it.append(Delivery.bank_id.not_in(quiet))
        claimed = _claim(session, now, most, of_it)
        if claimed:
            return claimed
    return []


#: In which order deliveries are claimed: (topic, whether they go out at any hour).
_ORDER = (
    (Topic.ABOUT_YOU, True),
    (Topic.ABOUT_YOU, False),
    (Topic.ROUND_THE_BANK, True),
    (Topic.ROUND_THE_BANK, False),
)


def _claim(session: Session, now: datetime, most: int, of_it: Sequence[ColumnElement[bool]]) -> Sequence[DeliveryRow]:
    is_due = and_(Delivery.state == DeliveryState.READY, Delivery.due_at <= now)
    has_run_out = and_(Delivery.state == DeliveryState.SENDING, Delivery.claimed_until <= now)
    keys_due = (
        select(Delivery.bank_id, Delivery.id)
        .where(IS_OPEN, or_(is_due, has_run_out), *of_it)
        .order_by(Delivery.due_at, Delivery.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    keys = [tuple(row) for row in session.execute(keys_due)]
    if not keys:
        return []
    claimed = (
        update(Delivery)
        .where(tuple_(Delivery.bank_id, Delivery.id).in_(keys))
        .values(state=DeliveryState.SENDING, claimed_until=now + CLAIM, tries=Delivery.tries + 1)
        .returning(*_COLUMNS)
        .execution_options(synchronize_session=False)
    )
    return sorted((DeliveryRow(*row) for row in session.execute(claimed)), key=lambda row: row.id)


def mark_sent(session: Session, delivery: DeliveryRow, now: datetime) -> bool:
    """Write that a claimed delivery was sent; return False where another worker has claimed it since."""
    return _end(session, delivery, state=DeliveryState.SENT, ended_at=now)


def mark_dropped(session: Session, delivery: DeliveryRow, because: Dropped, now: datetime) -> bool:
    """Write that a claimed delivery is not needed any more; return False where another worker has claimed it since."""
    return _end(session, delivery, state=DeliveryState.DROPPED, ended_at=now, failure=because)


class Ended(StrEnum):
    """What became of a claimed delivery: sent, dropped, left for later, or failed for good.

    `refused` by a server, or `unwritable` by the program; `lost` to another worker. `away` counts servers that were out
    of reach, or refused too often.
    """

    SENT = "sent"
    DROPPED = "dropped"
    AWAY = "away"
    UNWRITABLE = "unwritable"
    PUT_OFF = "put_off"
    REFUSED = "refused"
    LOST = "lost"


def mark_failed(session: Session, delivery: DeliveryRow, failure: str, now: datetime, *, for_good: bool) -> Ended:
    """Write that a claimed delivery failed: for good, or until its next try."""
    since = delivery.failing_since or now
    due_at = None if for_good else next_try_at(delivery.tries, since, now)
    if due_at is None:
        is_ours = _end(session, delivery, state=DeliveryState.FAILED, ended_at=now, failure=failure)
    else:
        is_ours = _end(
            session, delivery, state=DeliveryState.READY, due_at=due_at, failure=failure, failing_since=since
        )
    if not is_ours:
        return Ended.LOST
    if due_at is not None:
        return Ended.PUT_OFF
    return Ended.UNWRITABLE if failure in _OURS else Ended.REFUSED


def renew(session: Session, delivery: DeliveryRow, now: datetime) -> bool:
    """Renew a claim; return False where another worker has claimed the delivery since."""
    return _end(session, delivery, claimed_until=now + CLAIM)


def move(session: Session, delivery: DeliveryRow, notice_ids: Sequence[int], way: Way, now: datetime) -> None:
    """Move notices of a delivery that failed to one of another way, due now."""
    of_it = (Notice.bank_id == delivery.bank_id, Notice.delivery_id == delivery.id, Notice.id.in_(notice_ids))
    waiting = {"state": NoticeState.WAITING, "delivery_id": None, "due_at": now}
    session.execute(update(Notice).where(*of_it).values(waiting).execution_options(synchronize_session=False))
    put_into_delivery(session, delivery.bank_id, delivery.member_id, Topic(delivery.topic), way, notice_ids, now=now)


def drop_all(session: Session, now: datetime) -> int:
    """Drop everything that waits, of all banks, and return how many e-mails and calls: after a backup was put back.

    Most of it was sent after the backup was made.
    """
    session.execute(
        update(Notice)
        .where(Notice.state == NoticeState.WAITING)
        .values(state=NoticeState.DROPPED, dropped_because=Dropped.TOO_OLD)
        .execution_options(synchronize_session=False)
    )
    dropped = session.execute(
        update(Delivery)
        .where(IS_OPEN)
        .values(state=DeliveryState.DROPPED, ended_at=now, claimed_until=None, failure=Dropped.TOO_OLD)
        .execution_options(synchronize_session=False)
    )
    unposted = update(LetterBundle).where(LetterBundle.posted_at.is_(None)).values(posted_at=now)
    session.execute(unposted.execution_options(synchronize_session=False))
    return dropped.rowcount if isinstance(dropped, CursorResult) else 0


def remove_old(session: Session, now: datetime) -> None:
    """Delete notices that were sent long ago, since their facts contain former e-mail addresses."""
    before = now - KEPT
    session.execute(delete(Notice).where(Notice.told_at < before, Notice.state != NoticeState.WAITING))
    old = (Delivery.made_at < before, Delivery.ended_at.is_not(None))
    named = select(Notice.id).where(Notice.bank_id == Delivery.bank_id, Notice.delivery_id == Delivery.id)
    session.execute(delete(Delivery).where(*old, ~named.exists()))
    holds = select(Delivery.id).where(Delivery.bank_id == LetterBundle.bank_id, Delivery.bundle_id == LetterBundle.id)
    session.execute(delete(LetterBundle).where(LetterBundle.printed_at < before, ~holds.exists()))


def give_back(session: Session, deliveries: Sequence[DeliveryRow], due_at: datetime) -> None:
    """Release claimed deliveries that nobody tried to send, to be claimed from `due_at` on, without counting a try."""
    for delivery in deliveries:
        _end(session, delivery, state=DeliveryState.READY, due_at=due_at, tries=delivery.tries - 1)


def _end(session: Session, delivery: DeliveryRow, **values: object) -> bool:
    """Write what came of a claim, if it is still this one: each raises `tries`."""
    values = {"claimed_until": None, **values}
    key = {"of_bank": delivery.bank_id, "of_delivery": delivery.id, "of_try": delivery.tries}
    new = {f"new_{name}": value for name, value in values.items()}
    ended = session.connection().execute(_ending(tuple(values)), key | new)
    return ended.rowcount == 1


@lru_cache
def _ending(names: tuple[str, ...]) -> Update:
    """Return the statement that sets these columns of a claimed delivery; built once, as it is run for each."""
    return (
        update(_DELIVERIES)
        .where(
            _DELIVERIES.c.bank_id == bindparam("of_bank"),
            _DELIVERIES.c.id == bindparam("of_delivery"),
            _DELIVERIES.c.tries == bindparam("of_try"),
            _DELIVERIES.c.state == DeliveryState.SENDING,
        )
        .values({name: bindparam(f"new_{name}") for name in names})
    )
