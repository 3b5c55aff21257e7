"""Monthly figures of a bank for signing months off, by the local month of posting.

Each query reads the books once, however many months are requested.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, Row, Text, and_, case, func, literal, not_, select, type_coerce
from sqlalchemy.orm import Session

from timebank.bookkeeping.closing_models import Closing
from timebank.bookkeeping.models import Account, Entry, Posting

#: Stands for all months before the first one requested.
BEFORE = date(1, 1, 1)
AnyRow = Row[*tuple[Any, ...]]
#: A month (its first day) and the moment at which it begins in the bank's time zone.
Begins = tuple[date, datetime]


def list_moves(session: Session, bank_id: int, months: Sequence[Begins], end: datetime) -> Sequence[AnyRow]:
    """Return the sums of all postings before `end`: (month, kind, takes_back, account_id, minutes, came_in).

    `months` are consecutive, oldest first. `minutes` is the signed sum, `came_in` the sum of the positive ones.
    """
    month = _month(session, months).label("month")
    takes_back = Entry.reverses.is_not(None).label("takes_back")
    came_in = func.sum(case((Posting.minutes > 0, Posting.minutes), else_=0))
    return session.execute(
        select(
            month,
            Entry.kind,
            takes_back,
            Posting.account_id,
            func.sum(Posting.minutes).label("minutes"),
            came_in.label("came_in"),
        )
        .join(Entry, and_(Entry.bank_id == Posting.bank_id, Entry.id == Posting.entry_id))
        .where(Posting.bank_id == bank_id, _before(session, end))
        .group_by(month, Entry.kind, takes_back, Posting.account_id)
    ).all()


def count_entries(session: Session, bank_id: int, months: Sequence[Begins], end: datetime) -> Sequence[AnyRow]:
    """Return the numbers of entries posted in these months, up to `end`: (month, kind, takes_back, entries, late)."""
    month = _month(session, months).label("month")
    takes_back = Entry.reverses.is_not(None).label("takes_back")
    late = func.sum(case((Entry.occurred_on < month, 1), else_=0))
    return session.execute(
        select(month, Entry.kind, takes_back, func.count().label("entries"), late.label("late"))
        .where(Entry.bank_id == bank_id, not_(_before(session, months[0][1])), _before(session, end))
        .group_by(month, Entry.kind, takes_back)
    ).all()


def list_openings(session: Session, bank_id: int) -> Sequence[AnyRow]:
    """Return (id, kind, opened_at) of a bank's accounts."""
    return session.execute(select(Account.id, Account.kind, Account.opened_at).where(Account.bank_id == bank_id)).all()


def list_account_closings(session: Session, bank_id: int) -> Sequence[AnyRow]:
    """Return (kind, recorded_at) of the closings and reopenings of a bank's accounts."""
    return session.execute(
        select(Closing.kind, Closing.recorded_at).where(Closing.bank_id == bank_id, Closing.account_id.is_not(None))
    ).all()


def _month(session: Session, months: Sequence[Begins]) -> ColumnElement[date]:
    """Return the expression for the month (its first day) of posting, a CASE over the moments at which months begin."""
    names = [BEFORE, *(month for month, _begins in months)]
    steps = [
        (_before(session, begins), literal(earlier, Date))
        for earlier, (_month, begins) in zip(names[:-1], months, strict=True)
    ]
    return type_coerce(case(*steps, else_=literal(names[-1], Date)), Date)


def _before(session: Session, moment: datetime) -> ColumnElement[bool]:
    """Return the condition that an entry was posted before a moment.

    SQLite compares text; without a fraction of a second the moment sorts before every stored moment of that second.
    """
    if session.get_bind().dialect.name == "postgresql":
        return Entry.recorded_at < moment
    return type_coerce(Entry.recorded_at, Text) < f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
