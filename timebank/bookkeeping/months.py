"""What the books did month by month, by the day of posting where the bank is, for who signs months off.

Each question reads the books once, however many months are asked for.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Row, and_, case, func, literal, select, type_coerce
from sqlalchemy.orm import Session

from timebank.bookkeeping.closing_models import Closing
from timebank.bookkeeping.late import posted_month
from timebank.bookkeeping.models import Account, Entry, Posting

#: The month under which everything stands that was posted before the first that was asked for.
BEFORE = date(1, 1, 1)
AnyRow = Row[*tuple[Any, ...]]


def list_moves(
    session: Session, bank_id: int, *, time_zone: str, years: range, first: date, last: date
) -> Sequence[AnyRow]:
    """(month, kind, takes_back, account_id, minutes, came_in) of all postings up to the end of the month `last`.

    `minutes` are signed, `came_in` is the part above zero; `years` are those in which the bank may have posted.
    """
    month = posted_month(session, time_zone, years)
    bucket = type_coerce(case((month < first, literal(BEFORE, Date)), else_=month), Date).label("month")
    takes_back = Entry.reverses.is_not(None).label("takes_back")
    came_in = func.sum(case((Posting.minutes > 0, Posting.minutes), else_=0))
    return session.execute(
        select(
            bucket,
            Entry.kind,
            takes_back,
            Posting.account_id,
            _whole(func.sum(Posting.minutes)).label("minutes"),
            _whole(came_in).label("came_in"),
        )
        .join(Entry, and_(Entry.bank_id == Posting.bank_id, Entry.id == Posting.entry_id))
        .where(Posting.bank_id == bank_id, month <= last)
        .group_by(bucket, Entry.kind, takes_back, Posting.account_id)
    ).all()


def count_entries(
    session: Session, bank_id: int, *, time_zone: str, years: range, first: date, last: date
) -> Sequence[AnyRow]:
    """(month, kind, takes_back, entries, late) of the entries posted from the month `first` to the month `last`."""
    month = posted_month(session, time_zone, years)
    takes_back = Entry.reverses.is_not(None).label("takes_back")
    late = func.sum(case((Entry.occurred_on < month, 1), else_=0))
    return session.execute(
        select(
            type_coerce(month, Date).label("month"),
            Entry.kind,
            takes_back,
            func.count().label("entries"),
            _whole(late).label("late"),
        )
        .where(Entry.bank_id == bank_id, month.between(first, last))
        .group_by(month, Entry.kind, takes_back)
    ).all()


def list_openings(session: Session, bank_id: int) -> Sequence[AnyRow]:
    """(id, kind, opened_at) of a bank's accounts."""
    return session.execute(select(Account.id, Account.kind, Account.opened_at).where(Account.bank_id == bank_id)).all()


def list_account_closings(session: Session, bank_id: int) -> Sequence[AnyRow]:
    """(kind, recorded_at) of what closed accounts of a bank and opened them again."""
    return session.execute(
        select(Closing.kind, Closing.recorded_at).where(Closing.bank_id == bank_id, Closing.account_id.is_not(None))
    ).all()


def _whole(total: ColumnElement[Any]) -> ColumnElement[Any]:
    """PostgreSQL sums whole numbers of its longest kind as decimals."""
    return func.coalesce(total, 0)
