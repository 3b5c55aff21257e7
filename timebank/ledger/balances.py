"""The books in memory: what posting an entry does to the accounts.

The reference model that the database is tested against. Small on purpose: a reader can see that every line takes from
one account exactly what it gives to another, that floors hold after each line, and that posting is atomic and
idempotent.
"""

from dataclasses import dataclass, field, replace

from timebank.ledger.accounts import Account
from timebank.ledger.entries import KINDS_OF_HELP, Entry, EntryKind, Line
from timebank.ledger.errors import (
    AlreadyReversedError,
    FloorReachedError,
    HoldResolvedError,
    KeyTakenError,
    NoSuchAccountError,
    NotAMirrorError,
)
from timebank.ledger.holds import Hold


@dataclass(frozen=True, slots=True)
class Posting:
    """The effect of one line on one account: signed minutes, and the account's totals after it."""

    account: int
    number: int
    entry: int
    line: int
    minutes: int
    balance_after: int
    given_after: int
    received_after: int


@dataclass
class Books:
    """All accounts, entries and postings of one bank."""

    accounts: dict[int, Account] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    postings: list[Posting] = field(default_factory=list)
    holds: dict[int, Hold] = field(default_factory=dict)

    def open_account(self, account: Account) -> None:
        """Add an account; its balance starts at zero."""
        self.accounts[account.id] = replace(account, balance=0, held=0, number=0, given=0, received=0)

    def set_floor(self, account_id: int, floor: int | None) -> None:
        """Set a floor in minutes (None: no floor). Raises FloorReachedError if the free balance is below it."""
        account = self.accounts[account_id]
        if floor is not None and account.free < floor:
            raise FloorReachedError(account=account_id)
        self.accounts[account_id] = replace(account, floor=floor)

    def place(self, hold: Hold) -> None:
        """Add a hold on an account. Raises FloorReachedError if the floor leaves less room."""
        account = self.accounts[hold.account]
        if account.floor is not None and hold.minutes and account.free - hold.minutes < account.floor:
            raise FloorReachedError(account=hold.account)
        self.accounts[hold.account] = replace(account, held=account.held + hold.minutes)
        self.holds[hold.id] = hold

    def release(self, hold_id: int) -> None:
        """Resolve a hold without moving its minutes. Raises HoldResolvedError if it is resolved already."""
        self.accounts = {**self.accounts, **self._released(hold_id)}
        self.holds[hold_id] = replace(self.holds[hold_id], is_open=False)

    def post(self, entry: Entry) -> bool:
        """Post an entry atomically; return False if the same entry was posted before under its key.

        Raises KeyTakenError, NoSuchAccountError, FloorReachedError, HoldResolvedError, NotAMirrorError or
        AlreadyReversedError, and then changes nothing.
        """
        existing = self.entries.get(entry.key)
        if existing is not None:
            if replace(entry, id=existing.id) != existing:
                raise KeyTakenError(key=entry.key)
            return False
        self._check_mirrors(entry)
        accounts, postings = dict(self.accounts), list[Posting]()
        if entry.resolves is not None:
            self._check_resolves(entry)
            accounts |= self._released(entry.resolves)
        for number, line in enumerate(entry.lines, start=1):
            postings += _move(accounts, entry, number, line)
        self.accounts = accounts
        if entry.resolves is not None:
            self.holds[entry.resolves] = replace(self.holds[entry.resolves], is_open=False)
        self.entries[entry.key] = entry
        self.postings += postings
        return True

    def total(self) -> int:
        """Return the sum of all balances in minutes, which is always zero."""
        return sum(account.balance for account in self.accounts.values())

    def _check_resolves(self, entry: Entry) -> None:
        """Raise HoldResolvedError unless the entry takes from the account of its hold, and is no reversal."""
        hold = self.holds.get(entry.resolves or 0)
        takes_from = {line.from_account for line in entry.lines}
        if hold is None or hold.account not in takes_from or entry.reverses is not None:
            raise HoldResolvedError

    def _released(self, hold_id: int) -> dict[int, Account]:
        """Return {account id: the account without this hold}. Raises HoldResolvedError if the hold is not open."""
        hold = self.holds[hold_id]
        if not hold.is_open:
            raise HoldResolvedError
        account = self.accounts[hold.account]
        return {hold.account: replace(account, held=account.held - hold.minutes)}

    def _check_mirrors(self, entry: Entry) -> None:
        if entry.reverses is None:
            return
        first = next((other for other in self.entries.values() if other.id == entry.reverses), None)
        if first is None or first.reverses is not None or first.kind != entry.kind:
            raise NotAMirrorError
        taken_back = {
            line.mirrors for other in self.entries.values() if other.reverses == first.id for line in other.lines
        }
        for line in entry.lines:
            number = line.mirrors or 0
            if not 1 <= number <= len(first.lines) or first.lines[number - 1].mirrored(number) != line:
                raise NotAMirrorError
            if number in taken_back:
                raise AlreadyReversedError


def _move(accounts: dict[int, Account], entry: Entry, number: int, line: Line) -> list[Posting]:
    """Move a line's minutes in `accounts`; return its two postings. Raises FloorReachedError or NoSuchAccountError."""
    postings = []
    for account_id, minutes in ((line.from_account, -line.minutes), (line.to_account, line.minutes)):
        if account_id not in accounts:
            raise NoSuchAccountError
        before = accounts[account_id]
        given, received = counted(entry.kind, minutes, taken_back=entry.reverses is not None)
        after = replace(
            before,
            balance=before.balance + minutes,
            number=before.number + 1,
            given=before.given + given,
            received=before.received + received,
        )
        if minutes < 0 and after.floor is not None and after.free < after.floor:
            raise FloorReachedError(account=account_id)
        accounts[account_id] = after
        postings.append(
            Posting(account_id, after.number, entry.id, number, minutes, after.balance, after.given, after.received)
        )
    return postings


def counted(kind: EntryKind, minutes: int, *, taken_back: bool) -> tuple[int, int]:
    """Return what signed minutes add to (given, received).

    Help given raises the balance and help received lowers it; a reversal undoes just that. Other kinds add to neither.
    """
    if kind not in KINDS_OF_HELP:
        return 0, 0
    if taken_back:
        return (minutes, 0) if minutes < 0 else (0, -minutes)
    return (minutes, 0) if minutes > 0 else (0, -minutes)
