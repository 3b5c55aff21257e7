"""Where brokers signed in today: one who brings a device to a hall vouches for those who apply from its network there.

Of a network address only a keyed digest is stored, with the session that was opened from it, for HALL_LIFE.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from timebank.actors import Role, Standing
from timebank.members.models import Membership, MembershipRole
from timebank.signing_in.models import LoginSession

#: An afternoon in a hall, and the morning before it.
HALL_LIFE = timedelta(hours=12)


def digest_address(session: Session, address: str) -> bytes | None:
    """Return the keyed digest of a network address; None for no address."""
    if not address:
        return None
    return hmac.new(session.info["books_key"], f"hall {address}".encode(), hashlib.sha256).digest()


def has_broker(session: Session, bank_id: int, address: str, now: datetime) -> bool:
    """Return whether a broker of the bank signed in from this address within HALL_LIFE, and has not signed out."""
    digest = digest_address(session, address)
    if digest is None:
        return False
    query = (
        select(LoginSession.person_id)
        .join(Membership, Membership.person_id == LoginSession.person_id)
        .join(
            MembershipRole,
            (MembershipRole.bank_id == Membership.bank_id) & (MembershipRole.membership_id == Membership.id),
        )
        .where(
            LoginSession.address_digest == digest,
            LoginSession.opened_at > now - HALL_LIFE,
            LoginSession.revoked_at.is_(None),
            Membership.bank_id == bank_id,
            Membership.standing == Standing.ACTIVE,
            MembershipRole.role.in_((Role.BROKER, Role.COORDINATOR)),
        )
    )
    return session.scalar(query.limit(1)) is not None


def forget_addresses(session: Session, *, now: datetime) -> int:
    """Remove the digests of sessions that were opened longer ago, or have ended; return their number."""
    gone = (LoginSession.opened_at <= now - HALL_LIFE) | LoginSession.revoked_at.is_not(None)
    forgotten = update(LoginSession).where(LoginSession.address_digest.is_not(None), gone).values(address_digest=None)
    return int(cast("CursorResult[Any]", session.execute(forgotten)).rowcount)
