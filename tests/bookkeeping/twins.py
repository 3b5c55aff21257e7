"""The same deeds done in the database and in the pure ledger, whose results must be equal.

The caller chooses the deeds: Hypothesis in `test_machine.py`, a random generator in `benchmarks/soak.py`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from tests.bookkeeping.waiting import find_open_hold
from tests.people import NOW
from timebank.bookkeeping import actions, holds
from timebank.bookkeeping.actions import NewEntry
from timebank.bookkeeping.models import Account, Entry
from timebank.bookkeeping.queries import StatementFilter, get_account, list_whole_statement
from timebank.ledger.balances import Books
from timebank.ledger.entries import Entry as ModelEntry, EntryKind, Line, reversal_lines
from timebank.ledger.errors import AlreadyReversedError, FloorReachedError, HoldResolvedError, LedgerError
from timebank.ledger.holds import Hold, share_held

#: What was taken back or answered before may also be beyond the floor: then either is the reason.
_MAY_MEET = {AlreadyReversedError, FloorReachedError, HoldResolvedError}
#: The usual rule of a bank.
MOST_UNAGREED = 240


@dataclass
class Twins:
    """Books in the database and the same books in memory; `done` are the keys of the entries that both took.

    `doubles` counts entries that were sent again and written again, `outcomes` how often each deed had which outcome.
    """

    session: Session
    bank: int
    recorder: int
    accounts: Sequence[int]
    model: Books = field(default_factory=Books)
    done: list[str] = field(default_factory=list)
    outcomes: dict[str, int] = field(default_factory=dict)
    doubles: int = 0
    _count: int = 0

    def __post_init__(self) -> None:
        for account_id in self.accounts:
            self.model.open_account(get_account(self.session, self.bank, account_id))

    def post(self, drawn: Sequence[tuple[int, int, int]], kind: EntryKind) -> None:
        """Post a new entry of lines (index of the account taken from, of that given to, minutes)."""
        lines = tuple(Line(self.accounts[a], self.accounts[b], minutes) for a, b, minutes in drawn)
        self._new("post", kind, lines)

    def post_again(self, pick: int, minutes: int | None = None) -> None:
        """Post an existing entry again under its key: the same changes nothing, with other minutes it is refused."""
        if not self.done:
            return
        standing = entry = self.model.entries[self.done[pick % len(self.done)]]
        if minutes is not None and entry.reverses is None:
            entry = replace(entry, lines=(replace(entry.lines[0], minutes=minutes),))
        given = list[int]()
        verb = "again" if entry == standing else "other content"
        if self._both(verb, lambda: self.model.post(entry), lambda: given.append(self._write(entry))):
            self.doubles += given != [standing.id]

    def take_back(self, pick: int, *, part: bool) -> None:
        """Reverse an existing entry or its first line, which may be reversed already."""
        if not self.done:
            return
        first = self.model.entries[self.done[pick % len(self.done)]]
        if first.reverses is None:
            self._new("take back", first.kind, reversal_lines(first, [1] if part else None), reverses=first.id)

    def change_limit(self, index: int, floor: int | None) -> None:
        """Change the floor of an account; one above its free balance is refused."""
        account_id = self.accounts[index]
        self._both(
            "limit",
            lambda: self.model.set_floor(account_id, floor),
            lambda: actions.change_limit(
                self.session, self.bank, account_id, floor, reason="test", by=self.recorder, now=NOW
            ),
        )

    def hold(self, index: int, minutes: int, agreed: int) -> None:
        """Place a hold on an account; `agreed` minutes were agreed beforehand."""
        self._count += 1
        deed, account = f"held {self._count}", self.model.accounts[self.accounts[index]]
        room = None if account.floor is None else account.free - account.floor
        waiting = [hold for hold in self.model.holds.values() if hold.account == account.id and hold.is_open]
        held, unagreed = share_held(
            minutes,
            agreed_minutes=agreed,
            room=room,
            unagreed_held=sum(hold.unagreed_minutes for hold in waiting),
            most_unagreed=MOST_UNAGREED,
        )
        given = holds.place(
            self.session,
            self.bank,
            account.id,
            deed=deed,
            minutes=minutes,
            agreed_minutes=agreed,
            most_unagreed=MOST_UNAGREED,
            now=NOW,
        )
        hold_id = find_open_hold(self.session, self.bank, deed)
        self.session.commit()
        assert (given, hold_id is None) == (held, False)
        self.model.place(Hold(hold_id or 0, account.id, held, unagreed, deed))
        self._count_outcome("hold: placed" if held else "hold: nothing")

    def release(self, pick: int) -> None:
        """Release a hold, which may be resolved already."""
        hold = self._pick_hold(pick)
        if hold is not None:
            self._both(
                "release",
                lambda: self.model.release(hold.id),
                lambda: holds.release(self.session, self.bank, hold.deed, now=NOW),
            )

    def release_all(self) -> None:
        """Release all open holds: the checks expect a waiting exchange for each, and there are none."""
        for hold in [hold for hold in self.model.holds.values() if hold.is_open]:
            holds.release(self.session, self.bank, hold.deed, now=NOW)
            self.model.release(hold.id)
        self.session.commit()

    def resolve(self, pick: int, to: int, minutes: int) -> None:
        """Resolve a hold by an entry, perhaps of more minutes than held, or a second time."""
        hold = self._pick_hold(pick)
        if hold is not None and self.accounts[to] != hold.account:
            self._new(
                "resolve", EntryKind.ACTIVITY, (Line(hold.account, self.accounts[to], minutes),), resolves=hold.id
            )

    def _pick_hold(self, pick: int) -> Hold | None:
        """Return one of the newest holds, some of which are open."""
        newest = list(self.model.holds.values())[-8:]
        return newest[pick % len(newest)] if newest else None

    def compare_accounts(self) -> None:
        """Assert that every account equals the model's; ends the transaction."""
        rows = self.session.execute(
            select(
                Account.id,
                Account.balance,
                Account.held,
                Account.number,
                Account.floor,
                Account.given,
                Account.received,
            ).where(Account.bank_id == self.bank, Account.id.in_(self.accounts))
        ).all()
        stored = {row.id: tuple(row)[1:] for row in rows}
        expected = {
            account.id: (
                account.balance,
                account.held,
                account.number,
                account.floor,
                account.given,
                account.received,
            )
            for account in self.model.accounts.values()
        }
        self.session.rollback()
        assert stored == expected

    def compare_everything(self) -> None:
        """Assert that every posting equals the model's, and count surplus entries; ends the transaction."""
        self.compare_accounts()
        postings = dict[int, list[tuple[int, int, int]]]()
        for posting in self.model.postings:
            line = (posting.number, posting.minutes, posting.balance_after)
            postings.setdefault(posting.account, []).append(line)
        for account_id in self.accounts:
            rows = list_whole_statement(self.session, self.bank, account_id, StatementFilter())
            assert [(row.number, row.minutes, row.balance_after) for row in rows] == postings.get(account_id, [])
        entries = select(func.count()).select_from(Entry).where(Entry.bank_id == self.bank)
        self.doubles += (self.session.scalar(entries) or 0) - len(self.model.entries)
        self.session.rollback()

    def count_below_floor(self) -> int:
        """Return the number of accounts in the database that are below their floor, which must be 0."""
        below = self.session.scalar(text("SELECT count(*) FROM account WHERE balance - held < floor"))
        self.session.rollback()
        return below or 0

    def _new(self, verb: str, kind: EntryKind, lines: tuple[Line, ...], **more: int) -> None:
        self._count += 1
        entry = ModelEntry(self._count, f"k{self._count}", kind, lines, **more)
        given = list[int]()
        if self._both(verb, lambda: self.model.post(entry), lambda: given.append(self._write(entry))):
            # The model takes the database's id, since reversals refer to it.
            self.model.entries[entry.key] = replace(entry, id=given[0])
            self.done.append(entry.key)

    def _both(self, verb: str, on_model: Callable[[], object], on_database: Callable[[], object]) -> bool:
        """Do a deed on both; assert that both accept it or raise the same error. Return whether they accept it."""
        errors = []
        for act in (on_model, on_database):
            try:
                act()
                errors.append(None)
            except LedgerError as error:
                errors.append(type(error))
        self.session.commit() if errors[1] is None else self.session.rollback()
        assert errors[0] == errors[1] or set(errors) <= _MAY_MEET, (verb, errors)
        self._count_outcome(f"{verb}: {errors[0].__name__ if errors[0] else 'taken'}")
        return errors[0] is None

    def _count_outcome(self, what: str) -> None:
        self.outcomes[what] = self.outcomes.get(what, 0) + 1

    def _write(self, entry: ModelEntry) -> int:
        row = NewEntry(
            bank_id=self.bank,
            key=entry.key,
            kind=entry.kind,
            lines=entry.lines,
            occurred_on=date(2026, 11, 20),
            recorded_at=NOW,
            recorded_by=self.recorder,
            deed="machine" if entry.resolves is None else self.model.holds[entry.resolves].deed,
            reverses=entry.reverses,
            resolves=entry.resolves,
        )
        return actions.post(self.session, row)
