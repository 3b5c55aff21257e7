"""Finding banks."""

from collections.abc import Sequence

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from timebank.banks.models import Bank


def find_bank(session: Session, slug: str) -> Bank | None:
    """The bank under this slug."""
    return session.scalar(select(Bank).where(Bank.slug == slug))


def list_banks(session: Session) -> Sequence[Row[str, str]]:
    """(slug, name) of every bank, by name."""
    return session.execute(select(Bank.slug, Bank.name).order_by(Bank.name)).all()
