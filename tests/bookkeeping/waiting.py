"""Open holds by their deeds."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.bookkeeping.holds import holds


def find_open_hold(session: Session, bank_id: int, deed: str) -> int | None:
    """Return the id of a deed's open hold; None if it has none."""
    held = holds().subquery()
    return session.scalar(
        select(held.c.id).where(held.c.bank_id == bank_id, held.c.deed == deed, held.c.resolved_at.is_(None))
    )
