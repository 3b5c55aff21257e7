"""The books of a bank for export: accounts with readable names, and a stream of entries in posting order.

Entries are streamed, so that memory stays bounded. Members appear by number; their names and the words of entries are
included only with `with_names`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter

from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.banks.models import Bank
from timebank.bookkeeping.audit_queries import accounts_as_they_stand
from timebank.bookkeeping.export_queries import LineRow, stream_lines
from timebank.ledger.accounts import ONE_PER_BANK, AccountKind
from timebank.members.queries import MemberName, list_member_names

#: `ExportedBooks.tell` is called after so many entries.
_TOLD_EVERY = 1_000
_PREFIXES = {AccountKind.MEMBER: "Members", AccountKind.GROUP: "Groups"}


class NotInOrderError(Exception):
    """Postings are missing, or their numbers have a gap or a duplicate, so no posting order exists."""


@dataclass(frozen=True, slots=True)
class NamedAccount:
    """An account by its readable name, such as 'Members:M0104'; `holder` is empty without `with_names`."""

    id: int
    name: str
    kind: str
    holder: str


@dataclass(frozen=True, slots=True)
class ExportedLine:
    """A line of an entry: minutes from one account to another, and the balance of each after it."""

    source: str
    target: str
    minutes: int
    source_after: int
    target_after: int
    mirrors: int | None


@dataclass(frozen=True, slots=True)
class ExportedEntry:
    """An entry for export. `posted_on` never decreases from one to the next; `words` is empty without `with_names`."""

    posted_on: date
    key: str
    kind: str
    occurred_on: date
    recorded_at: datetime
    recorded_by: str
    on_behalf_of: str
    approved_by: str
    reverses: str
    words: str
    lines: tuple[ExportedLine, ...]


@dataclass(frozen=True, slots=True)
class Balances:
    """{account name: minutes} of every account, at the start of a day."""

    day: date
    minutes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ExportedBooks:
    """The books of one bank from one day of posting to another, inclusive (None: from the beginning, up to now).

    `tell` is called with the number of entries that were read so far.
    """

    session: Session = field(repr=False)
    bank: Bank
    accounts: Sequence[NamedAccount]
    recorders: Mapping[int, str]
    begin: date
    first: date | None
    last: date | None
    with_names: bool
    tell: Callable[[int], None] = field(default=lambda _entries: None, repr=False)

    @property
    def opens_on(self) -> date:
        """A day not after any day in the export, on which accounts can be declared open."""
        return min(self.first or self.begin, self.last or date.max)

    def read(self) -> Iterator[Balances | ExportedEntry]:
        """Yield the balances before the period (if `first` is set), every entry in it, and the balances after it.

        Raises NotInOrderError.
        """
        names = {account.id: account.name for account in self.accounts}
        minutes = dict.fromkeys(names.values(), 0)
        day, is_within = self.begin, self.first is None
        for number, rows in enumerate(_in_order(_by_entry(stream_lines(self.session, self.bank.id))), start=1):
            if number % _TOLD_EVERY == 0:
                self.tell(number)
            day = max(day, clock.local_day(rows[0].recorded_at, self.bank.time_zone))
            if self.last is not None and day > self.last:
                break
            if self.first is not None and day >= self.first and not is_within:
                is_within = True
                yield Balances(self.first, dict(minutes))
            entry = self._entry(rows, day, names)
            for line in entry.lines:
                minutes[line.source], minutes[line.target] = line.source_after, line.target_after
            if is_within:
                yield entry
        if self.first is not None and not is_within:
            yield Balances(self.first, dict(minutes))
        end = self.last or max(day, self.first or day)
        yield Balances(clock.day_after(end), minutes)

    def _entry(self, rows: Sequence[LineRow], day: date, names: Mapping[int, str]) -> ExportedEntry:
        first = rows[0]
        return ExportedEntry(
            posted_on=day,
            key=first.key,
            kind=first.kind,
            occurred_on=first.occurred_on,
            recorded_at=first.recorded_at,
            recorded_by=self.recorders.get(first.recorded_by, ""),
            on_behalf_of=self.recorders.get(first.on_behalf_of or 0, ""),
            approved_by=self.recorders.get(first.approved_by or 0, ""),
            reverses=first.reverses or "",
            words=" ".join((first.words or "").split()) if self.with_names else "",
            lines=tuple(_line(row, names) for row in rows),
        )


def _line(row: LineRow, names: Mapping[int, str]) -> ExportedLine:
    sides = (names[row.from_account_id], names[row.to_account_id])
    return ExportedLine(*sides, row.minutes, row.from_after or 0, row.to_after or 0, row.mirrors)


def open_books(
    session: Session,
    bank: Bank,
    *,
    first: date | None = None,
    last: date | None = None,
    with_names: bool = False,
    tell: Callable[[int], None] = lambda _entries: None,
) -> ExportedBooks:
    """Return the books of a bank for export; the session should read one snapshot."""
    members = list_member_names(session, bank.id)
    by_account = {member.account_id: member for member in members}
    rows = session.execute(accounts_as_they_stand(bank.id)).all()
    accounts = [
        NamedAccount(row.id, name_of(row.id, row.kind, by_account.get(row.id)), row.kind, holder)
        for row in rows
        for holder in [by_account[row.id].name if with_names and row.id in by_account else ""]
    ]
    return ExportedBooks(
        session,
        bank,
        sorted(accounts, key=lambda account: account.name),
        {member.id: _number(member) for member in members},
        clock.local_day(bank.opened_at, bank.time_zone),
        first,
        last,
        with_names,
        tell,
    )


def name_of(account_id: int, kind: str, member: MemberName | None) -> str:
    """Return a permanent name: by member number, by kind if a bank has only one account of it, else by account id."""
    if member is not None:
        return f"Members:{_number(member)}"
    if kind in ONE_PER_BANK:
        return f"Bank:{kind.capitalize()}"
    prefix = _PREFIXES.get(AccountKind(kind), f"Bank:{kind.capitalize()}")
    return f"{prefix}:A{codes.in_letters(account_id)}"


def _number(member: MemberName) -> str:
    return f"M{member.number:04d}"


def _by_entry(rows: Iterator[LineRow]) -> Iterator[list[LineRow]]:
    for _entry, lines in groupby(rows, attrgetter("id")):
        yield list(lines)


def _in_order(entries: Iterator[list[LineRow]]) -> Iterator[list[LineRow]]:
    """Yield the entries in posting order, by the posting numbers of their accounts. Raises NotInOrderError.

    Ids of concurrent entries may be out of order: an entry that comes too early is buffered until every account that it
    touches has reached the number before it.
    """
    newest: dict[int, int] = defaultdict(int)
    waiting: dict[tuple[int, int], list[LineRow]] = {}
    for entry in entries:
        ready = [entry]
        while ready:
            rows = ready.pop()
            gap = _gap(rows, newest)
            if gap is not None:
                waiting[gap] = rows
                continue
            yield rows
            reached = dict(_numbers(rows))
            newest.update(reached)
            ready += [waiting.pop(item) for item in reached.items() if item in waiting]
    if waiting:
        raise NotInOrderError


def _numbers(rows: Sequence[LineRow]) -> Iterator[tuple[int, int]]:
    """Yield (account id, number) of every posting of an entry, in posting order."""
    for row in rows:
        yield row.from_account_id, row.from_number or 0
        yield row.to_account_id, row.to_number or 0


def _gap(rows: Sequence[LineRow], newest: Mapping[int, int]) -> tuple[int, int] | None:
    """Return the first (account id, number) that is missing before this entry, if any. Raises NotInOrderError."""
    if any(None in {row.from_after, row.to_after} for row in rows):
        raise NotInOrderError
    reached: dict[int, int] = {}
    for account, number in _numbers(rows):
        before = reached.get(account, newest[account])
        if number <= before:
            raise NotInOrderError
        if number > before + 1:
            return account, number - 1
        reached[account] = number
    return None
