"""Plan of a history import: maps rows to accounts, lists new members, and computes resulting balances."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from timebank.banks.models import Bank
from timebank.bookkeeping.audit_queries import accounts_as_they_stand
from timebank.bookkeeping.export_queries import stream_history
from timebank.interchange.history import HistoryRow
from timebank.interchange.sheets import BadSheetError, Fault, Problem
from timebank.ledger.accounts import ONE_PER_BANK, AccountKind
from timebank.ledger.entries import HISTORY, EntryKind
from timebank.members.queries import MemberName, list_member_names
from timebank.spelling import fold

#: Placeholder id of the bank's opening account, which may not exist yet. New members are -1, -2, -3 and so on.
OPENING = 0
POT = "pot"
_LONGEST_NAME = 80
_COUNTED = {EntryKind.OPENING: "opening", EntryKind.GIFT: "gifts"}
_NUMBER = re.compile(r"[Mm]?(\d{1,9})", re.ASCII)


@dataclass(slots=True)
class Total:
    """Effect on one account, in minutes: given, received, opening balances, gifts, the lowest and the final balance."""

    name: str
    number: int | None
    floor: int | None
    balance: int
    given: int = 0
    received: int = 0
    opening: int = 0
    gifts: int = 0
    lowest: int = 0
    lowest_line: int = 0

    @property
    def is_below(self) -> bool:
        """Whether a row takes the balance below the floor."""
        return self.floor is not None and self.lowest_line > 0 and self.lowest < self.floor


@dataclass(frozen=True, slots=True)
class HistoryPlan:
    """New rows in posting order with their (source, target) accounts; new members; totals by account.

    `stored` counts the rows that were imported before.
    """

    moves: Sequence[tuple[HistoryRow, int, int]]
    newcomers: Sequence[tuple[str, int | None]]
    totals: Mapping[int, Total]
    rounded: Sequence[HistoryRow]
    stored: int


@dataclass(slots=True)
class _Directory:
    """Resolves the names and numbers of the sheet to account ids; collects unknown ones as new members if `create`."""

    members: Sequence[MemberName]
    pot: int
    create: bool
    newcomers: list[tuple[str, int | None]] = field(default_factory=list)
    _known: dict[str, int | str] = field(default_factory=dict)
    _names: dict[str, list[MemberName]] = field(default_factory=dict)
    _numbers: dict[int, MemberName] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for member in self.members:
            if not member.is_holder:
                self._names.setdefault(fold(member.name), []).append(member)
            self._numbers[member.number] = member

    def find(self, text: str, kind: EntryKind) -> int | str:
        """Return the account id, or an error message."""
        if not text:
            return OPENING
        if kind is EntryKind.GIFT and fold(text) == POT:
            return self.pot
        folded = fold(text)
        if folded not in self._known:
            self._known[folded] = self._look_up(text, folded)
        return self._known[folded]

    def _look_up(self, text: str, folded: str) -> int | str:
        number = _NUMBER.fullmatch(text)
        if number is not None:
            member = self._numbers.get(int(number[1]))
            if member is not None:
                return f"{text} is the holder of listings, and nobody" if member.is_holder else member.account_id
            return self._note(f"Member {int(number[1])}", int(number[1]), f"no member has the number {text}")
        namesakes = self._names.get(folded, [])
        if len(namesakes) > 1:
            numbers = ", ".join(str(member.number) for member in namesakes)
            return f"{len(namesakes)} members are called {text}: say which by number ({numbers})"
        if len(text) > _LONGEST_NAME:
            return f"the name {text[:20]}… is longer than {_LONGEST_NAME} letters"
        return namesakes[0].account_id if namesakes else self._note(text, None, f"no member is called {text}")

    def _note(self, name: str, number: int | None, missing: str) -> int | str:
        if not self.create or number == 0:
            return missing
        self.newcomers.append((name, number))
        return -len(self.newcomers)


def plan(session: Session, bank: Bank, rows: Sequence[HistoryRow], *, create: bool, no_floor: bool) -> HistoryPlan:
    """Return the effects of importing the rows. `create` adds unknown members; `no_floor` lifts every member's floor.

    Raises BadSheetError with every row that resolves to no account, or whose key was imported with other content.
    """
    accounts = {row.id: row for row in session.execute(accounts_as_they_stand(bank.id))}
    only = {row.kind: row.id for row in accounts.values() if row.kind in ONE_PER_BANK}
    members = list_member_names(session, bank.id)
    directory = _Directory(members, only[AccountKind.POT], create)
    moves = _moves(rows, directory, _stored(session, bank, only.get(AccountKind.OPENING)))
    names: dict[int, tuple[str, int | None]] = {member.account_id: (member.name, member.number) for member in members}
    names[directory.pot] = ("Community pot", None)
    totals = {
        id_: Total(name, number, accounts[id_].floor, accounts[id_].balance, lowest=accounts[id_].balance)
        for id_, (name, number) in names.items()
    }
    for at, (name, number) in enumerate(directory.newcomers, start=1):
        totals[-at] = Total(name, number, bank.member_floor, 0)
    if no_floor:
        for id_ in totals.keys() - {directory.pot}:
            totals[id_].floor = None
    touched = _reckon(moves, totals)
    return HistoryPlan(
        moves,
        directory.newcomers,
        {id_: total for id_, total in totals.items() if id_ in touched},
        [row for row in rows if row.is_rounded],
        len(rows) - len(moves),
    )


#: Content of an imported entry: kind, day, [[from, to, minutes]], words (None: absent or erased), whether erased.
_Content = tuple[str, date, list[list[int]], str | None, bool]


def _stored(session: Session, bank: Bank, opening: int | None) -> dict[str, _Content]:
    """Return {key: content} of the history that was imported before."""
    stored: dict[str, _Content] = {}
    for row in stream_history(session, bank.id):
        lines = [[OPENING if id_ == opening else id_ for id_ in line[:2]] + [line[2]] for line in row.lines]
        is_erased = row.has_words and row.words is None
        stored[row.key.removeprefix(HISTORY)] = (row.kind, row.occurred_on, lines, row.words, is_erased)
    return stored


def _moves(
    rows: Sequence[HistoryRow], directory: _Directory, stored: Mapping[str, _Content]
) -> list[tuple[HistoryRow, int, int]]:
    """Return the rows that are not imported yet, sorted by day, with their two accounts. Raises BadSheetError."""
    moves, problems = list[tuple[HistoryRow, int, int]](), list[Problem]()
    for row in rows:
        source, target = directory.find(row.source, row.kind), directory.find(row.target, row.kind)
        if isinstance(source, str) or isinstance(target, str):
            problems += [_problem(row, side) for side in dict.fromkeys((source, target)) if isinstance(side, str)]
        elif source == target:
            problems.append(_problem(row, "from and to are the same"))
        elif row.key not in stored:
            moves.append((row, source, target))
        elif not _is_same(stored[row.key], row, source, target):
            problems.append(_problem(row, f"key {row.key} stands in the books already, for something else"))
    if problems:
        raise BadSheetError(problems)
    return sorted(moves, key=lambda move: (move[0].day, move[0].kind is not EntryKind.OPENING, move[0].line))


def _problem(row: HistoryRow, what: str) -> Problem:
    return Problem(row.line, Fault.IN_WORDS, {"what": what})


def _is_same(content: _Content, row: HistoryRow, source: int, target: int) -> bool:
    """Return whether the stored content equals the row; erased words are not compared."""
    kind, day, lines, words, is_erased = content
    same_words = is_erased or (words or "") == row.note
    return (kind, day, lines) == (row.kind, row.day, [[source, target, row.minutes]]) and same_words


def _reckon(moves: Sequence[tuple[HistoryRow, int, int]], totals: Mapping[int, Total]) -> set[int]:
    """Apply every row to the totals; return the ids of the accounts that were touched."""
    touched = set[int]()
    for row, source, target in moves:
        for account, minutes in ((source, -row.minutes), (target, row.minutes)):
            if account == OPENING:
                continue
            touched.add(account)
            total = totals[account]
            total.balance += minutes
            name = _COUNTED.get(row.kind) or ("given" if minutes > 0 else "received")
            setattr(total, name, getattr(total, name) + (-minutes if name == "received" else minutes))
            if minutes < 0 and total.balance < total.lowest:
                total.lowest, total.lowest_line = total.balance, row.line
    return touched
