"""Queries of security events, newest first."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.rows import Page, columns_of, fetch_page
from timebank.security.models import SecurityEvent
from timebank.security.rules import EventKind

EVENTS_A_PAGE = 50


class EventRow(NamedTuple):
    """A security event; its columns mean what they mean in `SecurityEvent`."""

    id: int
    happened_at: datetime
    kind: str
    person_id: int | None
    done_by: int | None
    origin_digest: bytes | None
    device: str
    before: str
    after: str
    evidence: str


def list_events(
    session: Session,
    bank_id: int,
    *,
    kinds: frozenset[EventKind] = frozenset(),
    after: int | None = None,
) -> Page[EventRow]:
    """Return a page of a bank's events that follow the id `after`; of some kinds (empty: all)."""
    query = select(*columns_of(SecurityEvent, EventRow)).where(SecurityEvent.bank_id == bank_id)
    if kinds:
        query = query.where(SecurityEvent.kind.in_(sorted(kinds)))
    if after is not None:
        query = query.where(SecurityEvent.id < after)
    return fetch_page(session, query.order_by(SecurityEvent.id.desc()), EventRow, EVENTS_A_PAGE)
