"""Queries of the trail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Exists, Select, func, select, text
from sqlalchemy.orm import Session

from timebank.rows import Page, columns_of, fetch, fetch_page
from timebank.trail.models import IS_READING, TrailRow

DEEDS_A_PAGE = 50


class DeedRow(NamedTuple):
    """A row of the trail about one subject."""

    deed: str
    done_by: int | None
    on_behalf_of: int | None
    done_at: datetime


def list_deeds(session: Session, bank_id: int, subject: str) -> list[DeedRow]:
    """Return the rows of one subject, oldest first."""
    query = select(*columns_of(TrailRow, DeedRow)).where(TrailRow.bank_id == bank_id, TrailRow.subject == subject)
    return fetch(session, query.order_by(TrailRow.id), DeedRow)


class SubjectDeed(NamedTuple):
    """A row of the trail with its subject."""

    deed: str
    subject: str
    done_by: int | None
    on_behalf_of: int | None
    done_at: datetime


def list_deeds_of(session: Session, bank_id: int, subjects: Sequence[str]) -> list[SubjectDeed]:
    """Return the rows of these subjects together, oldest first."""
    query = select(*columns_of(TrailRow, SubjectDeed))
    query = query.where(TrailRow.bank_id == bank_id, TrailRow.subject.in_(subjects))
    return fetch(session, query.order_by(TrailRow.id), SubjectDeed)


class BankDeed(NamedTuple):
    """A row of the trail with its bank, where the deed is known."""

    bank_id: int
    done_by: int | None
    done_at: datetime


def list_doings(session: Session, deed: str) -> list[BankDeed]:
    """Return the rows of one deed in all banks, in no order."""
    return fetch(session, select(*columns_of(TrailRow, BankDeed)).where(TrailRow.deed == deed), BankDeed)


def find_doers(session: Session, bank_id: int, deed: str, moments: Sequence[datetime]) -> dict[datetime, int | None]:
    """Return {moment: membership that did a deed of a bank then}, for those of these moments at which it was done."""
    rows = session.execute(
        select(TrailRow.done_at, TrailRow.done_by).where(
            TrailRow.bank_id == bank_id, TrailRow.deed == deed, TrailRow.done_at.in_(moments)
        )
    )
    return {row.done_at: row.done_by for row in rows}


def doings(besides: str) -> Select[int, datetime, int | None]:
    """Return a selectable of (bank_id, done_at, done_by) of all rows but those whose subject begins with a word."""
    return select(TrailRow.bank_id, TrailRow.done_at, TrailRow.done_by).where(
        ~TrailRow.subject.startswith(f"{besides}:")
    )


def was_done(bank_id: ColumnElement[int], subject: ColumnElement[str], at: ColumnElement[datetime]) -> Exists:
    """Return the condition that the trail has a row about this subject at this moment."""
    return (
        select(TrailRow.id)
        .where(TrailRow.bank_id == bank_id, TrailRow.subject == subject, TrailRow.done_at == at)
        .exists()
    )


@dataclass(frozen=True, slots=True)
class CodeDeed:
    """A row of the trail from a session that a broker's sign-in code opened; `code_made_by` is that broker."""

    id: int
    deed: str
    subject: str
    done_by: int | None
    code_made_by: int
    done_at: datetime


def list_code_deeds(session: Session, bank_id: int, *, below: int | None = None) -> Page[CodeDeed]:
    """Return a page of what was done in sessions that a broker's code opened, newest first, from below this id."""
    query = select(*columns_of(TrailRow, CodeDeed)).where(
        TrailRow.bank_id == bank_id, TrailRow.code_made_by.is_not(None)
    )
    if below is not None:
        query = query.where(TrailRow.id < below)
    return fetch_page(session, query.order_by(TrailRow.id.desc()), CodeDeed, DEEDS_A_PAGE)


def code_deeds(bank_id: int) -> Select[int]:
    """Return the query of the number of deeds in sessions that a broker's code opened."""
    return select(func.count()).where(TrailRow.bank_id == bank_id, TrailRow.code_made_by.is_not(None))


class ReadingRow(NamedTuple):
    """A row of the trail about something that was read, printed or saved."""

    id: int
    deed: str
    subject: str
    done_by: int | None
    done_at: datetime


def list_readings(
    session: Session,
    bank_id: int,
    *,
    by: int | None = None,
    during: tuple[datetime, datetime] | None = None,
    below: int | None = None,
) -> Page[ReadingRow]:
    """Return a page of what was read, printed or saved, newest first, from below this id.

    `by` is a membership; `during` is from one moment until before another.
    """
    query = select(*columns_of(TrailRow, ReadingRow)).where(TrailRow.bank_id == bank_id, text(IS_READING))
    if by is not None:
        query = query.where(TrailRow.done_by == by)
    if during is not None:
        query = query.where(TrailRow.done_at >= during[0], TrailRow.done_at < during[1])
    if below is not None:
        query = query.where(TrailRow.id < below)
    return fetch_page(session, query.order_by(TrailRow.id.desc()), ReadingRow, DEEDS_A_PAGE)


def list_who_read(session: Session, bank_id: int) -> Sequence[int]:
    """Return the memberships that ever read, printed or saved something, in no order."""
    query = select(TrailRow.done_by).distinct().where(TrailRow.bank_id == bank_id, text(IS_READING))
    return [member_id for member_id in session.scalars(query) if member_id is not None]


def find_newest_moment(session: Session, bank_id: int) -> datetime | None:
    """Return when the newest row of a bank's trail was written; None where it has none."""
    query = select(TrailRow.done_at).where(TrailRow.bank_id == bank_id)
    return session.scalar(query.order_by(TrailRow.id.desc()).limit(1))
