"""Queries for accounts, entries and statements.

Balances and statement pages are index lookups, however many postings an account has: postings are numbered without a
gap, so every page is a range, and totals are stored in the account.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session, aliased

from timebank.bookkeeping.holder_models import AccountHolder
from timebank.bookkeeping.line_sql import FROM, MINUTES, TO, count, other_account, part
from timebank.bookkeeping.models import Account, Entry, Memo, Posting, TakenBack
from timebank.ledger import accounts, entries
from timebank.ledger.accounts import AccountKind
from timebank.ledger.entries import KINDS_OF_HELP, EntryKind, Line
from timebank.rows import Page, cut, fetch


def get_account(session: Session, bank_id: int, account_id: int) -> accounts.Account:
    """Return an account. Raises NoResultFound."""
    return _account_of(session.execute(_accounts().where(Account.bank_id == bank_id, Account.id == account_id)).one())


def _accounts() -> Select[*tuple[Any, ...]]:
    return select(
        Account.id,
        Account.kind,
        Account.floor,
        Account.balance,
        Account.held,
        Account.number,
        Account.given,
        Account.received,
    )


def _account_of(row: Row[*tuple[Any, ...]]) -> accounts.Account:
    return accounts.Account(row.id, AccountKind(row.kind), *row[2:])


def list_accounts(session: Session, bank_id: int, account_ids: Collection[int]) -> dict[int, accounts.Account]:
    """Return {account id: account} for these accounts."""
    rows = session.execute(_accounts().where(Account.bank_id == bank_id, Account.id.in_(account_ids)))
    return {row.id: _account_of(row) for row in rows}


def get_account_of_kind(session: Session, bank_id: int, kind: AccountKind) -> int:
    """Return the id of a bank's only account of this kind, such as its pot. Raises NoResultFound."""
    return session.execute(select(Account.id).where(Account.bank_id == bank_id, Account.kind == kind)).scalar_one()


def find_account_of_kind(session: Session, bank_id: int, kind: AccountKind) -> int | None:
    """Return the same; None if it was not opened yet, such as the leavers' account."""
    return session.scalar(select(Account.id).where(Account.bank_id == bank_id, Account.kind == kind))


@dataclass(frozen=True, slots=True)
class StandingEntry:
    """An entry with who recorded it and when."""

    entry: entries.Entry
    occurred_on: date
    recorded_at: datetime
    recorded_by: int
    approved_by: int | None
    deed: str


def get_entry(session: Session, bank_id: int, entry_id: int) -> StandingEntry:
    """Return an entry with its lines. Raises NoResultFound."""
    row = session.execute(
        select(
            Entry.id,
            Entry.key,
            Entry.kind,
            Entry.lines,
            Entry.reverses,
            Entry.occurred_on,
            Entry.recorded_at,
            Entry.recorded_by,
            Entry.approved_by,
            Entry.deed,
        ).where(Entry.bank_id == bank_id, Entry.id == entry_id)
    ).one()
    lines = tuple(Line(*line) for line in row.lines)
    entry = entries.Entry(row.id, row.key, EntryKind(row.kind), lines, row.reverses)
    return StandingEntry(entry, row.occurred_on, row.recorded_at, row.recorded_by, row.approved_by, row.deed)


def list_entry_lines(session: Session, bank_id: int, entry_ids: Collection[int]) -> dict[int, tuple[Line, ...]]:
    """Return {entry id: its lines} for these entries."""
    rows = session.execute(select(Entry.id, Entry.lines).where(Entry.bank_id == bank_id, Entry.id.in_(entry_ids)))
    return {row.id: tuple(Line(*line) for line in row.lines) for row in rows}


def find_entry_id(session: Session, bank_id: int, key: str) -> int | None:
    """Return the id of the entry with this key; None if there is none."""
    return session.scalar(select(Entry.id).where(Entry.bank_id == bank_id, Entry.key == key))


def list_reversed_lines(session: Session, bank_id: int, entry_id: int) -> set[int]:
    """Return the numbers of an entry's lines that were reversed."""
    return set(
        session.scalars(select(TakenBack.line).where(TakenBack.bank_id == bank_id, TakenBack.entry_id == entry_id))
    )


@dataclass(frozen=True, slots=True)
class StatementFilter:
    """Rows of a statement to list: `shows` is everything, given or received; recorded in a range of time."""

    shows: str = "everything"
    recorded_from: datetime | None = None
    recorded_before: datetime | None = None


class StatementRow(NamedTuple):
    """A posting, in signed minutes, with its entry; `reversed_by` is the entry that reversed its line."""

    number: int
    entry_id: int
    minutes: int
    balance_after: int
    key: str
    kind: str
    occurred_on: date
    recorded_at: datetime
    deed: str
    reverses: int | None
    reversed_by: int | None
    other_account: int
    words: str | None


_Query = TypeVar("_Query", bound=Select[*tuple[Any, ...]])


def statement(bank_id: int, account_id: int) -> Select[*tuple[Any, ...]]:
    """Return a selectable of an account's postings with the columns of StatementRow, for other packages to join."""
    return (
        select(
            Posting.number,
            Posting.entry_id,
            Posting.minutes,
            Posting.balance_after,
            Entry.key,
            Entry.kind,
            Entry.occurred_on,
            Entry.recorded_at,
            Entry.deed,
            Entry.reverses,
            TakenBack.by_entry_id.label("reversed_by"),
            other_account(Posting.line, Posting.minutes).label("other_account"),
            Memo.words,
        )
        .join(Entry, (Entry.bank_id == Posting.bank_id) & (Entry.id == Posting.entry_id))
        .outerjoin(Memo, (Memo.bank_id == Posting.bank_id) & (Memo.entry_id == Posting.entry_id))
        .outerjoin(
            TakenBack,
            (TakenBack.bank_id == Posting.bank_id)
            & (TakenBack.entry_id == Posting.entry_id)
            & (TakenBack.line == Posting.line),
        )
        .where(Posting.bank_id == bank_id, Posting.account_id == account_id)
    )


@dataclass(frozen=True, slots=True)
class StatementPage(Page[StatementRow]):
    """A page of postings, newest first; `next` and `newer` are values for `below` (None: no such page)."""

    newer: int | None = None


def list_statement(
    session: Session,
    bank_id: int,
    account_id: int,
    filters: StatementFilter,
    *,
    below: int | None = None,
    size: int = 25,
) -> StatementPage:
    """Return the page of postings with numbers under `below` (None: the newest page), newest first.

    Every page is a range of the account's numbers, so that the last one costs as much as the first.
    """
    query = _filtered(statement(bank_id, account_id), filters)
    older = query.where(Posting.number < below) if below is not None else query
    rows = fetch(session, older.order_by(Posting.number.desc()).limit(size + 1), StatementRow)
    newer = None
    if below is not None:
        numbers = _filtered(
            select(Posting.number)
            .join(Entry, (Entry.bank_id == Posting.bank_id) & (Entry.id == Posting.entry_id))
            .where(Posting.bank_id == bank_id, Posting.account_id == account_id, Posting.number >= below),
            filters,
        )
        ahead = session.scalars(numbers.order_by(Posting.number).limit(size)).all()
        newer = ahead[-1] + 1 if ahead else None
    page = cut(rows, size, attrgetter("number"))
    return StatementPage(page.rows, page.next, newer=newer)


def list_whole_statement(
    session: Session, bank_id: int, account_id: int, filters: StatementFilter
) -> list[StatementRow]:
    """Return all postings that match the filter, oldest first."""
    return fetch(session, _filtered(statement(bank_id, account_id), filters).order_by(Posting.number), StatementRow)


def _filtered(query: _Query, filters: StatementFilter) -> _Query:
    """Return the query with the filter's conditions. Balances stay right without the other rows: they are stored."""
    if filters.recorded_from is not None:
        query = query.where(Entry.recorded_at >= filters.recorded_from)
    if filters.recorded_before is not None:
        query = query.where(Entry.recorded_at < filters.recorded_before)
    if filters.shows != "everything":
        help_kinds = [kind.value for kind in KINDS_OF_HELP]
        # The reversal of help received has positive minutes, and is listed with help received.
        gave = (Posting.minutes > 0) == (Entry.reverses.is_(None))
        query = query.where(Entry.kind.in_(help_kinds), gave if filters.shows == "given" else ~gave)
    return query


def first_and_last_recording(session: Session, bank_id: int, account_id: int) -> tuple[datetime, datetime] | None:
    """Return when an account's first and newest postings were recorded; None if it has none."""
    account = get_account(session, bank_id, account_id)
    if account.number == 0:
        return None
    times = (
        select(Entry.recorded_at)
        .join(Posting, (Entry.bank_id == Posting.bank_id) & (Entry.id == Posting.entry_id))
        .where(Posting.bank_id == bank_id, Posting.account_id == account_id)
    )
    first = session.scalars(times.where(Posting.number == 1)).one()
    newest = session.scalars(times.where(Posting.number == account.number)).one()
    return first, newest


def select_entries_of_deeds(kind: EntryKind) -> Select[*tuple[Any, ...]]:
    """Return a selectable of the entries of a kind, without reversals, for other packages to join.

    Columns: bank_id, deed, from_account_id, to_account_id and minutes of the first line, lines (their number),
    is_reversed (the first line), recorded_by, recorded_at.
    """
    return (
        select(
            Entry.bank_id,
            Entry.deed,
            part(1, FROM).label("from_account_id"),
            part(1, TO).label("to_account_id"),
            part(1, MINUTES).label("minutes"),
            count().label("lines"),
            TakenBack.by_entry_id.is_not(None).label("is_reversed"),
            Entry.recorded_by,
            Entry.recorded_at,
        )
        .outerjoin(
            TakenBack,
            (TakenBack.bank_id == Entry.bank_id) & (TakenBack.entry_id == Entry.id) & (TakenBack.line == 1),
        )
        .where(Entry.kind == kind, Entry.reverses.is_(None))
    )


def select_keys(kind: EntryKind) -> Select[int, str]:
    """Return a selectable of (bank_id, key) of the entries of a kind; the key is indexed."""
    return select(Entry.bank_id, Entry.key).where(Entry.kind == kind)


def select_moments_of_accounts() -> Select[int, int, datetime]:
    """Return a selectable of (bank_id, account_id, recorded_at) of every posting."""
    of_entry = (Entry.bank_id == Posting.bank_id) & (Entry.id == Posting.entry_id)
    return select(Posting.bank_id, Posting.account_id, Entry.recorded_at).join(Entry, of_entry)


def select_accounts_of_kind(kind: AccountKind) -> Select[int, int]:
    """Return a selectable of (bank_id, id) of all accounts of a kind."""
    return select(Account.bank_id, Account.id).where(Account.kind == kind)


def select_holders_now() -> Select[int, int, str, int]:
    """Return a selectable of the present holder of each account: (bank_id, account_id, kind, holder_id)."""
    newer = aliased(AccountHolder)
    is_newer = select(newer.number).where(
        newer.bank_id == AccountHolder.bank_id,
        newer.account_id == AccountHolder.account_id,
        newer.number > AccountHolder.number,
    )
    columns = (AccountHolder.bank_id, AccountHolder.account_id, AccountHolder.kind, AccountHolder.holder_id)
    return select(*columns).where(~is_newer.exists())
