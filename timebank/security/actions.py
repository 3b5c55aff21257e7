"""Recording security events, and deleting those that have been kept long enough."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, func, select
from sqlalchemy.orm import Session

from timebank import clock
from timebank.actors import Unattended
from timebank.references import DeedName, Ref, Subject
from timebank.security.models import SecurityEvent
from timebank.security.rules import BOUNDED, FLOOD_WINDOW, KEPT, MOST_AN_HOUR, EventKind
from timebank.trail import actions as trail
from timebank.trail.queries import find_newest_moment

DEVICE_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from: its network address and the device that the browser names; both may be empty."""

    address: str = ""
    device: str = ""


NOWHERE = Origin()


@dataclass(frozen=True, slots=True)
class Change:
    """A value before and after, as readers see it, and a broker's evidence; empty where there is none."""

    before: str = ""
    after: str = ""
    evidence: str = ""


NO_CHANGE = Change()


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event about a person (None: nobody known), done by the membership `by` (None: nobody signed in)."""

    kind: EventKind
    bank_id: int
    person_id: int | None
    by: int | None
    now: datetime
    origin: Origin = NOWHERE
    change: Change = NO_CHANGE


def record(session: Session, new: NewEvent) -> None:
    """Insert an event.

    Of kinds that anybody can cause, at most MOST_AN_HOUR are kept for one address within an hour.
    """
    digest = digest_origin(session, new.origin.address) if new.origin.address else None
    if new.kind in BOUNDED and _is_flood(session, new, digest):
        return
    event = SecurityEvent(
        bank_id=new.bank_id,
        id=clock.next_id(),
        happened_at=new.now,
        kind=new.kind,
        person_id=new.person_id,
        done_by=new.by,
        origin_digest=digest,
        device=new.origin.device.replace("\x00", "")[:DEVICE_LENGTH],
        before=new.change.before,
        after=new.change.after,
        evidence=new.change.evidence,
    )
    session.add(event)
    session.flush()


def count_recent(session: Session, bank_id: int, kind: EventKind, origin: Origin, since: datetime) -> int:
    """Return how many events of a kind came from an origin since then."""
    return _count(session, bank_id, kind, digest_origin(session, origin.address), since)


def _is_flood(session: Session, new: NewEvent, digest: bytes | None) -> bool:
    return _count(session, new.bank_id, new.kind, digest, new.now - FLOOD_WINDOW) >= MOST_AN_HOUR


def _count(session: Session, bank_id: int, kind: EventKind, digest: bytes | None, since: datetime) -> int:
    same = (
        SecurityEvent.bank_id == bank_id,
        SecurityEvent.kind == kind,
        SecurityEvent.origin_digest == digest if digest else SecurityEvent.origin_digest.is_(None),
        SecurityEvent.happened_at > since,
    )
    return session.scalar(select(func.count()).select_from(SecurityEvent).where(*same)) or 0


def digest_origin(session: Session, address: str) -> bytes:
    """Return HMAC-SHA256 of a network address under the books' key: equal addresses are seen, none can be read."""
    return hmac.new(session.info["books_key"], f"address {address}".encode(), hashlib.sha256).digest()


def remove_old(session: Session, bank_id: int, slug: str, *, now: datetime) -> int:
    """Delete the bank's events from more than KEPT ago, with a row on the trail; return their number."""
    newest = find_newest_moment(session, bank_id)
    before = min(newest or now, now) - KEPT
    old = delete(SecurityEvent).where(SecurityEvent.bank_id == bank_id, SecurityEvent.happened_at < before)
    removed = int(cast("CursorResult[Any]", session.execute(old)).rowcount)
    if removed:
        trail.begin(session, Unattended(bank_id, now), DeedName.SECURITY_EVENTS_REMOVED, Ref(Subject.BANK, slug))
    return removed
