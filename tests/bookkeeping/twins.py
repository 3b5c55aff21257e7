"""The same deeds done in the database and in the pure ledger, which must agree about every one of them.

Whoever drives them chooses the deeds: Hypothesis in `test_machine.py`, dice in `benchmarks/soak.py`.
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

    `doubles` counts entries that were sent again and written again, `told` what came of each deed.
    """

    session: Session
    bank: int
    recorder: int
    accounts: Sequence[int]
    model: Books = field(default_factory=Books)
    done: list[str] = field(default_factory=list)
    told: dict[str, int] = field(default_factory=dict)
    doubles: int = 0
    _count: int = 0

    def __post_init__(self) -> None:
        for account_id in self.accounts:
            self.model.open_account(get_account(self.session, self.bank, account_id))

    def post(self, drawn: Sequence[tuple[int, int, int]], kind: EntryKind) -> None:
        """A new entry of these lines, each (place of the giving account, of the taking one, minutes)."""
        lines = tuple(Line(self.accounts[a], self.accounts[b], minutes) for a, b, minutes in drawn)
        self._new("post", kind, lines)

    def post_again(self, pick: int, minutes: int | None = None) -> None:
        """An entry that stands, under its own key: the same changes nothing, one of other minutes is refused."""
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
        """A reversal of an entry that stands, or of its first line alone; perhaps it was taken back before."""
        if not self.done:
            return
        first = self.model.entries[self.done[pick % len(self.done)]]
        if first.reverses is None:
            self._new("take back", first.kind, reversal_lines(first, [1] if part else None), reverses=first.id)

    def change_limit(self, place: int, floor: int | None) -> None:
        """Another floor for an account; one above its balance is refused."""
        account_id = self.accounts[place]
        self._both(
            "limit",
            lambda: self.model.set_floor(account_id, floor),
            lambda: actions.change_limit(
                self.session, self.bank, account_id, floor, reason="test", by=self.recorder, now=NOW
            ),
        )

    def hold(self, place: int, minutes: int, agreed: int) -> None:
        """Hold recorded minutes of an account, of which so many were agreed beforehand."""
        self._count += 1
        deed, account = f"held {self._count}", self.model.accounts[self.accounts[place]]
        room = None if account.floor is None else account.free - account.floor
        waiting = [one for one in self.model.holds.values() if one.account == account.id and one.is_open]
        held, unagreed = share_held(
            minutes,
            agreed_minutes=agreed,
            room=room,
            unagreed_held=sum(one.unagreed_minutes for one in waiting),
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
        self._tell("hold: placed" if held else "hold: nothing")

    def release(self, pick: int) -> None:
        """Let go of a hold; perhaps it was answered before."""
        hold = self._pick_hold(pick)
        if hold is not None:
            self._both(
                "release",
                lambda: self.model.release(hold.id),
                lambda: holds.release(self.session, self.bank, hold.deed, now=NOW),
            )

    def release_all(self) -> None:
        """Let go of everything that waits still: nothing stands beside these holds that could be waiting."""
        for hold in [one for one in self.model.holds.values() if one.is_open]:
            holds.release(self.session, self.bank, hold.deed, now=NOW)
            self.model.release(hold.id)
        self.session.commit()

    def resolve(self, pick: int, to: int, minutes: int) -> None:
        """Answer a hold with an entry of so many minutes; perhaps more than was held, or answered before."""
        hold = self._pick_hold(pick)
        if hold is not None and self.accounts[to] != hold.account:
            self._new(
                "resolve", EntryKind.ACTIVITY, (Line(hold.account, self.accounts[to], minutes),), resolves=hold.id
            )

    def _pick_hold(self, pick: int) -> Hold | None:
        """One of the newest holds, so that some are open still."""
        newest = list(self.model.holds.values())[-8:]
        return newest[pick % len(newest)] if newest else None

    def compare_accounts(self) -> None:
        """Every account stands as the model has it. Ends the unit of work."""
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
        kept = {row.id: tuple(row)[1:] for row in rows}
        thought = {
            one.id: (one.balance, one.held, one.number, one.floor, one.given, one.received)
            for one in self.model.accounts.values()
        }
        self.session.rollback()
        assert kept == thought

    def compare_everything(self) -> None:
        """Every posting and the number of entries are as the model has them. Ends the unit of work."""
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
        """Accounts of the whole database below their floor, which nothing may ever make."""
        below = self.session.scalar(text("SELECT count(*) FROM account WHERE balance - held < floor"))
        self.session.rollback()
        return below or 0

    def _new(self, verb: str, kind: EntryKind, lines: tuple[Line, ...], **more: int) -> None:
        self._count += 1
        entry = ModelEntry(self._count, f"k{self._count}", kind, lines, **more)
        given = list[int]()
        if self._both(verb, lambda: self.model.post(entry), lambda: given.append(self._write(entry))):
            # The model knows the entry by the database's own id, since reversals name it.
            self.model.entries[entry.key] = replace(entry, id=given[0])
            self.done.append(entry.key)

    def _both(self, verb: str, on_model: Callable[[], object], on_database: Callable[[], object]) -> bool:
        """Do a deed on both; they agree on whether it is taken, and why not."""
        said = []
        for act in (on_model, on_database):
            try:
                act()
                said.append(None)
            except LedgerError as error:
                said.append(type(error))
        self.session.commit() if said[1] is None else self.session.rollback()
        assert said[0] == said[1] or set(said) <= _MAY_MEET, (verb, said)
        self._tell(f"{verb}: {said[0].__name__ if said[0] else 'taken'}")
        return said[0] is None

    def _tell(self, what: str) -> None:
        self.told[what] = self.told.get(what, 0) + 1

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
