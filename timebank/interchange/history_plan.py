"""What bringing in a history would do: whose accounts the rows mean, who is new, and where everybody ends."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from timebank.banks.models import Bank
from timebank.bookkeeping.audit_queries import accounts_as_they_stand
from timebank.bookkeeping.export_queries import stream_history
from timebank.interchange.history import HistoryRow
from timebank.interchange.sheets import BadSheetError, Problem
from timebank.ledger.accounts import ONE_PER_BANK, AccountKind
from timebank.ledger.entries import HISTORY, EntryKind
from timebank.members.queries import MemberName, list_member_names
from timebank.members.rules import fold

#: Stands for the bank's opening account, which may still have to be opened. Newcomers are -1, -2, -3 and so on.
OPENING = 0
POT = "pot"
_LONGEST_NAME = 80
_COUNTED = {EntryKind.OPENING: "opening", EntryKind.GIFT: "gifts"}
_NUMBER = re.compile(r"[Mm]?(\d{1,9})", re.ASCII)


@dataclass(slots=True)
class Total:
    """What comes of a member: minutes given and received, from opening balances and gifts, and the balance after."""

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
        """Whether a row takes them below their floor."""
        return self.floor is not None and self.lowest_line > 0 and self.lowest < self.floor


@dataclass(frozen=True, slots=True)
class Plan:
    """New rows in the order of posting, each with the accounts it means; who is new; what comes of everybody."""

    moves: Sequence[tuple[HistoryRow, int, int]]
    newcomers: Sequence[tuple[str, int | None]]
    totals: Mapping[int, Total]
    rounded: Sequence[HistoryRow]
    stored: int


@dataclass(slots=True)
class _Directory:
    """Whose account a word of the sheet means. Newcomers are noted, where they are wanted."""

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

    def find(self, said: str, kind: EntryKind) -> int | str:
        """The account; or what is wrong, in words."""
        if not said:
            return OPENING
        if kind is EntryKind.GIFT and said.casefold() == POT:
            return self.pot
        folded = fold(said)
        if folded not in self._known:
            self._known[folded] = self._look_up(said, folded)
        return self._known[folded]

    def _look_up(self, said: str, folded: str) -> int | str:
        number = _NUMBER.fullmatch(said)
        if number is not None:
            member = self._numbers.get(int(number[1]))
            if member is not None:
                return f"{said} is the holder of listings, and nobody" if member.is_holder else member.account_id
            return self._note(f"Member {int(number[1])}", int(number[1]), f"no member has the number {said}")
        found = self._names.get(folded, [])
        if len(found) > 1:
            numbers = ", ".join(str(member.number) for member in found)
            return f"{len(found)} members are called {said}: say which by number ({numbers})"
        if len(said) > _LONGEST_NAME:
            return f"the name {said[:20]}… is longer than {_LONGEST_NAME} letters"
        return found[0].account_id if found else self._note(said, None, f"no member is called {said}")

    def _note(self, name: str, number: int | None, missing: str) -> int | str:
        if not self.create or number == 0:
            return missing
        self.newcomers.append((name, number))
        return -len(self.newcomers)


def plan(session: Session, bank: Bank, rows: Sequence[HistoryRow], *, create: bool, no_floor: bool) -> Plan:
    """What storing the rows would do. `create`: unknown members are made; `no_floor`: no member keeps a floor.

    Raises BadSheetError with every row that means no account, or whose key stands for something else already.
    """
    accounts = {row.id: row for row in session.execute(accounts_as_they_stand(bank.id))}
    only = {row.kind: row.id for row in accounts.values() if row.kind in ONE_PER_BANK}
    members = list_member_names(session, bank.id)
    directory = _Directory(members, only[AccountKind.POT], create)
    moves = _moves(rows, directory, _standing(session, bank, only.get(AccountKind.OPENING)))
    names: dict[int, tuple[str, int | None]] = {one.account_id: (one.name, one.number) for one in members}
    names[directory.pot] = ("Community pot", None)
    totals = {
        one: Total(name, number, accounts[one].floor, accounts[one].balance, lowest=accounts[one].balance)
        for one, (name, number) in names.items()
    }
    for at, (name, number) in enumerate(directory.newcomers, start=1):
        totals[-at] = Total(name, number, bank.member_floor, 0)
    if no_floor:
        for one in totals.keys() - {directory.pot}:
            totals[one].floor = None
    touched = _reckon(moves, totals)
    return Plan(
        moves,
        directory.newcomers,
        {one: total for one, total in totals.items() if one in touched},
        [row for row in rows if row.is_rounded],
        len(rows) - len(moves),
    )


#: What stands under a key: kind, day, [[from, to, minutes]], words (None: there are none, or they are erased).
_Said = tuple[str, date, list[list[int]], str | None, bool]


def _standing(session: Session, bank: Bank, opening: int | None) -> dict[str, _Said]:
    """{key: what it stands for} of the history that is there already."""
    found: dict[str, _Said] = {}
    for row in stream_history(session, bank.id):
        lines = [[OPENING if one == opening else one for one in line[:2]] + [line[2]] for line in row.lines]
        is_erased = row.has_words and row.words is None
        found[row.key.removeprefix(HISTORY)] = (row.kind, row.occurred_on, lines, row.words, is_erased)
    return found


def _moves(
    rows: Sequence[HistoryRow], directory: _Directory, standing: Mapping[str, _Said]
) -> list[tuple[HistoryRow, int, int]]:
    """The rows that are not there yet, by day, each with its two accounts. Raises BadSheetError."""
    moves, problems = list[tuple[HistoryRow, int, int]](), list[Problem]()
    for row in rows:
        source, target = directory.find(row.source, row.kind), directory.find(row.target, row.kind)
        if isinstance(source, str) or isinstance(target, str):
            problems += [Problem(row.line, side) for side in dict.fromkeys((source, target)) if isinstance(side, str)]
        elif source == target:
            problems.append(Problem(row.line, "from and to are the same"))
        elif row.key not in standing:
            moves.append((row, source, target))
        elif not _is_same(standing[row.key], row, source, target):
            problems.append(Problem(row.line, f"key {row.key} stands in the books already, for something else"))
    if problems:
        raise BadSheetError(problems)
    return sorted(moves, key=lambda move: (move[0].day, move[0].kind is not EntryKind.OPENING, move[0].line))


def _is_same(said: _Said, row: HistoryRow, source: int, target: int) -> bool:
    """Whether what stands is this very row; erased words cannot be compared any more."""
    kind, day, lines, words, is_erased = said
    same_words = is_erased or (words or "") == row.note
    return (kind, day, lines) == (row.kind, row.day, [[source, target, row.minutes]]) and same_words


def _reckon(moves: Sequence[tuple[HistoryRow, int, int]], totals: Mapping[int, Total]) -> set[int]:
    """Let every row move its minutes; gives the accounts that it touched."""
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
