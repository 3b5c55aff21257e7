"""What came back of deliveries: which of them a token still counts for, what is stored, and how often it came."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from timebank.db import insert_into
from timebank.notices.models import Bounce, Delivery, DeliveryState, Failure
from timebank.notices.outbox import KEPT
from timebank.notices.queries import DeliveryRow
from timebank.notices.return_paths import ReturnToken
from timebank.notices.returned_mail import COUNTS_FOR, SOFT_WITHIN, ReturnKind
from timebank.notices.rules import Way
from timebank.rows import columns_of, fetch_first


def find_sent(session: Session, token: ReturnToken, now: datetime) -> DeliveryRow | None:
    """Return the delivery of a token, row-locked, if it was sent by e-mail lately; else None.

    One that a worker is sending may be on its way already, and so may one that is to be tried again.
    """
    is_sent = and_(Delivery.state == DeliveryState.SENT, Delivery.ended_at >= now - COUNTS_FOR)
    is_tried = and_(Delivery.state.in_((DeliveryState.READY, DeliveryState.SENDING)), Delivery.tries > 0)
    query = select(*columns_of(Delivery, DeliveryRow)).where(
        Delivery.bank_id == token.bank_id,
        Delivery.id == token.delivery_id,
        Delivery.way == Way.EMAIL,
        or_(is_sent, is_tried),
    )
    return fetch_first(session, query.with_for_update(), DeliveryRow)


def note_bounce(session: Session, token: ReturnToken, kind: ReturnKind, now: datetime) -> bool:
    """Store what came back; return whether it is news. The caller holds the delivery's row lock."""
    row = {"bank_id": token.bank_id, "delivery_id": token.delivery_id, "kind": kind.value, "mark": token.mark}
    insert = insert_into(session, Bounce).values({**row, "came_at": now}).on_conflict_do_nothing()
    return session.execute(insert.returning(Bounce.kind)).first() is not None


def count_bounces(session: Session, mark: str, kinds: Collection[ReturnKind], since: datetime) -> int:
    """Return of how many e-mails to an address, of all banks, something of these kinds came back lately."""
    deliveries = (
        select(Bounce.bank_id, Bounce.delivery_id)
        .where(Bounce.mark == mark, Bounce.came_at > since, Bounce.kind.in_(kinds))
        .distinct()
    )
    return session.scalar(select(func.count()).select_from(deliveries.subquery())) or 0


def mark_returned(session: Session, delivery: DeliveryRow, failure: Failure, now: datetime) -> None:
    """Write that a delivery failed after all. A worker that is sending it finds its claim ended."""
    session.execute(
        update(Delivery)
        .where(Delivery.bank_id == delivery.bank_id, Delivery.id == delivery.id)
        .values(state=DeliveryState.FAILED, ended_at=now, claimed_until=None, failure=failure)
        .execution_options(synchronize_session=False)
    )


def remove_old_bounces(session: Session, now: datetime) -> None:
    """Delete what came back long ago, and all of deliveries that are old enough to be deleted."""
    session.execute(delete(Bounce).where(Bounce.came_at < now - COUNTS_FOR - SOFT_WITHIN))
    old = select(Delivery.id).where(
        Delivery.bank_id == Bounce.bank_id, Delivery.id == Bounce.delivery_id, Delivery.made_at < now - KEPT
    )
    session.execute(delete(Bounce).where(old.exists()))
