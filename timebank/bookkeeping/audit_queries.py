"""Queries over the books of a whole bank for auditors: aggregates, and lists in pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, column, func, or_, select, table
from sqlalchemy.orm import Session

from timebank.bookkeeping import line_sql
from timebank.bookkeeping.late import later_month, thirty_days_late
from timebank.bookkeeping.models import Account, Entry, LimitChange, Memo, Posting, TakenBack
from timebank.ledger.accounts import AccountKind
from timebank.ledger.entries import EntryKind
from timebank.rows import Page, fetch, fetch_first, fetch_page

ENTRIES_A_PAGE = 25
_BANK = table("bank", column("id"))  # its model lies in a room above


@dataclass(frozen=True, slots=True)
class Figures:
    """Totals of a bank's books: minutes over all accounts, and numbers of rows."""

    total_minutes: int
    above_minutes: int
    below_minutes: int
    pot_minutes: int
    leavers_minutes: int
    accounts: int
    entries: int
    lines: int
    late: int


def count_books(session: Session, bank_id: int, time_zone: str, years: range) -> Figures:
    """Return the totals of a bank; `years` must cover all its entries, since `late` needs the zone's offsets then."""
    sums = session.execute(
        select(
            func.coalesce(func.sum(Account.balance), 0),
            func.coalesce(func.sum(case((Account.balance > 0, Account.balance), else_=0)), 0),
            func.coalesce(func.sum(case((Account.balance < 0, Account.balance), else_=0)), 0),
            func.coalesce(func.sum(case((Account.kind == AccountKind.POT, Account.balance), else_=0)), 0),
            func.coalesce(func.sum(case((Account.kind == AccountKind.LEAVERS, Account.balance), else_=0)), 0),
            func.count(),
        ).where(Account.bank_id == bank_id)
    ).one()
    late = later_month(session, time_zone, years)
    entries = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(line_sql.count()), 0),
            func.coalesce(func.sum(case((late, 1), else_=0)), 0),
        ).where(Entry.bank_id == bank_id)
    ).one()
    return Figures(*(int(figure) for figure in (*sums, *entries)))


def accounts_as_they_stand(bank_id: int) -> Select[*tuple[Any, ...]]:
    """Return a selectable of a bank's accounts: id, kind, floor, balance, given, received."""
    return select(Account.id, Account.kind, Account.floor, Account.balance, Account.given, Account.received).where(
        Account.bank_id == bank_id
    )


def beyond_since(
    session: Session, bank_id: int, account_ids: Sequence[int], *, low: int, high: int
) -> dict[int, datetime]:
    """Return {account id: moment since which its balance is below `low` or above `high` minutes} for such accounts.

    Reads each account's postings backwards to the last one within the range.
    """
    within = (
        select(Posting.number)
        .where(Posting.bank_id == bank_id, Posting.account_id == Account.id, Posting.balance_after.between(low, high))
        .order_by(Posting.number.desc())
        .limit(1)
        .correlate(Account)
        .scalar_subquery()
    )
    crossing = (
        select(Entry.recorded_at)
        .join(Posting, and_(Posting.bank_id == Entry.bank_id, Posting.entry_id == Entry.id))
        .where(
            Posting.bank_id == bank_id,
            Posting.account_id == Account.id,
            Posting.number == func.coalesce(within, 0) + 1,
        )
        .correlate(Account)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Account.id, crossing.label("since")).where(
            Account.bank_id == bank_id, Account.id.in_(account_ids), ~Account.balance.between(low, high)
        )
    )
    return {row.id: row.since for row in rows if row.since is not None}


def overrides_in_force(bank_id: int) -> Select[*tuple[Any, ...]]:
    """Return a selectable of the overrides in force: the newest limit change of each account, if it has an end.

    Columns: account_id, floor, reason, until, recorded_by, recorded_at. An expired override stays in force until the
    sweep raises the floor.
    """
    newest = (
        select(LimitChange.account_id, func.max(LimitChange.number).label("number"))
        .where(LimitChange.bank_id == bank_id)
        .group_by(LimitChange.account_id)
        .subquery()
    )
    return (
        select(
            LimitChange.account_id,
            LimitChange.floor,
            LimitChange.reason,
            LimitChange.until,
            LimitChange.recorded_by,
            LimitChange.recorded_at,
        )
        .join(newest, and_(newest.c.account_id == LimitChange.account_id, newest.c.number == LimitChange.number))
        .where(LimitChange.bank_id == bank_id, LimitChange.until.is_not(None))
    )


class Late(StrEnum):
    """How late an entry was posted: in a later month than it occurred, or more than 30 days after."""

    LATER_MONTH = "later-month"
    THIRTY_DAYS = "thirty-days"


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Entries to list: of a kind, only reversals, only late ones."""

    kind: EntryKind | None = None
    only_reversals: bool = False
    late: Late | None = None


class EntryRow(NamedTuple):
    """An entry with its words; `lines` are (from account, to account, minutes, line that it mirrors, if any)."""

    id: int
    key: str
    kind: str
    occurred_on: date
    recorded_at: datetime
    recorded_by: int
    on_behalf_of: int | None
    approved_by: int | None
    deed: str
    reverses: int | None
    lines: Sequence[Sequence[int]]
    words: str | None


def list_entries(  # noqa: PLR0913 (what is late depends on where and when the bank is)
    session: Session,
    bank_id: int,
    filters: EntryFilter,
    *,
    time_zone: str,
    years: range,
    below: int | None = None,
    size: int = ENTRIES_A_PAGE,
) -> Page[EntryRow]:
    """Return the page of a bank's entries with ids under `below` (None: the newest page), newest first."""
    query = _entries().where(Entry.bank_id == bank_id, *_conditions(filters))
    if filters.late is not None:
        late = later_month if filters.late is Late.LATER_MONTH else thirty_days_late
        query = query.where(late(session, time_zone, years))
    if below is not None:
        query = query.where(Entry.id < below)
    return fetch_page(session, query.order_by(Entry.id.desc()), EntryRow, size)


def find_entry(session: Session, bank_id: int, keys: Sequence[str]) -> EntryRow | None:
    """Return the entry with one of these keys, and its words; None if there is none."""
    return fetch_first(session, _entries().where(Entry.bank_id == bank_id, Entry.key.in_(keys)), EntryRow)


class RelatedEntry(NamedTuple):
    """The key of an entry, and the id of the entry that it reverses."""

    key: str
    reverses: int | None


def list_related_entries(session: Session, bank_id: int, entry: EntryRow) -> list[RelatedEntry]:
    """Return this entry's reversals and the entry that it reverses, oldest first."""
    reversals = select(TakenBack.by_entry_id).where(TakenBack.bank_id == bank_id, TakenBack.entry_id == entry.id)
    related = or_(Entry.id.in_(reversals), Entry.id == entry.reverses)
    query = select(Entry.key, Entry.reverses).where(Entry.bank_id == bank_id, related)
    return fetch(session, query.order_by(Entry.id), RelatedEntry)


class EntryLine(NamedTuple):
    """A line of an entry with the balances of both accounts after it, in minutes."""

    line: int
    minutes: int
    from_account_id: int
    from_kind: str
    from_after: int
    to_account_id: int
    to_kind: str
    to_after: int


def list_lines(session: Session, bank_id: int, entry: EntryRow) -> Sequence[EntryLine]:
    """Return an entry's lines in order, without those whose postings are missing."""
    postings = session.execute(
        select(Posting.line, Posting.account_id, Posting.minutes, Posting.balance_after, Account.kind)
        .join(Account, and_(Account.bank_id == Posting.bank_id, Account.id == Posting.account_id))
        .where(Posting.bank_id == bank_id, Posting.entry_id == entry.id)
    )
    sides = {(row.line, row.account_id, row.minutes): (row.account_id, row.kind, row.balance_after) for row in postings}
    lines = list[EntryLine]()
    for number, (source, target, minutes, *_mirrored) in enumerate(entry.lines, start=1):
        taken, given = sides.get((number, source, -minutes)), sides.get((number, target, minutes))
        if taken and given:
            lines.append(EntryLine(number, minutes, *taken, *given))
    return lines


def _entries() -> Select[*tuple[Any, ...]]:
    return select(
        Entry.id,
        Entry.key,
        Entry.kind,
        Entry.occurred_on,
        Entry.recorded_at,
        Entry.recorded_by,
        Entry.on_behalf_of,
        Entry.approved_by,
        Entry.deed,
        Entry.reverses,
        Entry.lines,
        Memo.words,
    ).outerjoin(Memo, and_(Memo.bank_id == Entry.bank_id, Memo.entry_id == Entry.id))


def _conditions(filters: EntryFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.kind is not None:
        conditions.append(Entry.kind == filters.kind)
    if filters.only_reversals:
        conditions.append(Entry.reverses.is_not(None))
    return conditions


def find_newest_recording(session: Session) -> datetime | None:
    """Return when an entry of any bank was recorded last; None before the first."""
    of_bank = select(Entry.recorded_at).where(Entry.bank_id == _BANK.c.id).order_by(Entry.id.desc()).limit(1)
    return session.scalar(select(func.max(of_bank.scalar_subquery())).select_from(_BANK))
