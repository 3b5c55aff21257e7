"""Monthly figures of a bank for signing months off, by the local month of posting.

Each query reads the books once, however many months are requested.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Date, Text, and_, case, func, literal, not_, select, type_coerce
from sqlalchemy.orm import Session

from timebank.bookkeeping.closing_models import Closing
from timebank.bookkeeping.models import Account, Entry, Posting
from timebank.rows import columns_of, fetch

#: Stands for all months before the first one requested.
BEFORE = date(1, 1, 1)
#: A month (its first day) and the moment at which it begins in the bank's time zone.
Begins = tuple[date, datetime]


class MoveSum(NamedTuple):
    """The postings of a month, kind and account: the signed sum of their minutes, and that of the positive ones."""

    month: date
    kind: str
    takes_back: bool
    account_id: int
    minutes: int
    came_in: int


class EntryCount(NamedTuple):
    """The number of entries posted in a month, of one kind, and how many of them occurred in an earlier month."""

    month: date
    kind: str
    takes_back: bool
    entries: int
    late: int


class OpenedAccount(NamedTuple):
    """An account of a bank, and when it was opened."""

    id: int
    kind: str
    opened_at: datetime


class AccountClosing(NamedTuple):
    """A closing or reopening of an account of a bank."""

    kind: str
    recorded_at: datetime


def list_moves(session: Session, bank_id: int, months: Sequence[Begins], end: datetime) -> list[MoveSum]:
    """Return the sums of all postings before `end`. `months` are consecutive, oldest first."""
    month = _month(session, months).label("month")
    takes_back = Entry.reverses.is_not(None).label("takes_back")
    came_in = func.sum(case((Posting.minutes > 0, Posting.minutes), else_=0))
    query = (
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
    )
    return fetch(session, query, MoveSum)


def count_entries(session: Session, bank_id: int, months: Sequence[Begins], end: datetime) -> list[EntryCount]:
    """Return the numbers of entries posted in these months, up to `end`."""
    month = _month(session, months).label("month")
    takes_back = Entry.reverses.is_not(None).label("takes_back")
    late = func.sum(case((Entry.occurred_on < month, 1), else_=0))
    query = (
        select(month, Entry.kind, takes_back, func.count().label("entries"), late.label("late"))
        .where(Entry.bank_id == bank_id, not_(_before(session, months[0][1])), _before(session, end))
        .group_by(month, Entry.kind, takes_back)
    )
    return fetch(session, query, EntryCount)


def list_openings(session: Session, bank_id: int) -> list[OpenedAccount]:
    """Return when each of a bank's accounts was opened."""
    query = select(*columns_of(Account, OpenedAccount)).where(Account.bank_id == bank_id)
    return fetch(session, query, OpenedAccount)


def list_account_closings(session: Session, bank_id: int) -> list[AccountClosing]:
    """Return the closings and reopenings of a bank's accounts."""
    query = select(*columns_of(Closing, AccountClosing))
    return fetch(session, query.where(Closing.bank_id == bank_id, Closing.account_id.is_not(None)), AccountClosing)


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
