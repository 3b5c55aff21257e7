"""Reading the trail."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Exists, Row, Select, select
from sqlalchemy.orm import Session

from timebank.trail.models import TrailRow


def list_deeds(session: Session, bank_id: int, subject: str) -> Sequence[Row[str, int | None, int | None, datetime]]:
    """Rows of (deed, done_by, on_behalf_of, done_at) of one subject, oldest first."""
    return session.execute(
        select(TrailRow.deed, TrailRow.done_by, TrailRow.on_behalf_of, TrailRow.done_at)
        .where(TrailRow.bank_id == bank_id, TrailRow.subject == subject)
        .order_by(TrailRow.id)
    ).all()


def list_deeds_of(
    session: Session, bank_id: int, subjects: Sequence[str]
) -> Sequence[Row[str, str, int | None, int | None, datetime]]:
    """Rows of (deed, subject, done_by, on_behalf_of, done_at) of these subjects together, oldest first."""
    return session.execute(
        select(TrailRow.deed, TrailRow.subject, TrailRow.done_by, TrailRow.on_behalf_of, TrailRow.done_at)
        .where(TrailRow.bank_id == bank_id, TrailRow.subject.in_(subjects))
        .order_by(TrailRow.id)
    ).all()


def list_doings(session: Session, deed: str) -> Sequence[Row[int, int | None, datetime]]:
    """Rows of (bank_id, done_by, done_at) of every time that a deed was done, in all banks."""
    return session.execute(
        select(TrailRow.bank_id, TrailRow.done_by, TrailRow.done_at).where(TrailRow.deed == deed)
    ).all()


def list_doers(
    session: Session, bank_id: int, deed: str, moments: Sequence[datetime]
) -> Sequence[Row[datetime, int | None]]:
    """Rows of (done_at, done_by) of a deed of a bank at these moments."""
    return session.execute(
        select(TrailRow.done_at, TrailRow.done_by).where(
            TrailRow.bank_id == bank_id, TrailRow.deed == deed, TrailRow.done_at.in_(moments)
        )
    ).all()


def doings(besides: str) -> Select[int, datetime, int | None]:
    """A selectable of (bank_id, done_at, done_by) of all deeds of all banks, besides those on subjects of one word."""
    return select(TrailRow.bank_id, TrailRow.done_at, TrailRow.done_by).where(
        ~TrailRow.subject.startswith(f"{besides}:")
    )


def was_done(bank_id: ColumnElement[int], subject: ColumnElement[str], at: ColumnElement[datetime]) -> Exists:
    """That the trail tells of something that was done about a subject at a moment."""
    return (
        select(TrailRow.id)
        .where(TrailRow.bank_id == bank_id, TrailRow.subject == subject, TrailRow.done_at == at)
        .exists()
    )
