"""Whatever is done to the books in the database, they say what the pure ledger says."""

from dataclasses import replace
from datetime import date

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.people import NOW, join, settle
from timebank.bookkeeping import actions
from timebank.bookkeeping.actions import NewEntry
from timebank.bookkeeping.checks import CHECKS
from timebank.bookkeeping.queries import StatementFilter, get_account, get_account_of_kind, list_whole_statement
from timebank.ledger.accounts import Account, AccountKind
from timebank.ledger.balances import Books
from timebank.ledger.checks import Verdict
from timebank.ledger.entries import Entry, EntryKind, Line, reversal_lines
from timebank.ledger.errors import LedgerError

NUMBERS = st.integers(0, 4)
LINES = st.lists(
    st.tuples(NUMBERS, NUMBERS, st.integers(1, 900)).filter(lambda t: t[0] != t[1]), min_size=1, max_size=4
)


class BooksMachine(RuleBasedStateMachine):
    """Runs the same deeds on the database and on the model, and compares what came of them."""

    backend = None

    @initialize()
    def open_books(self):
        self.backend.empty()
        self.session = self.backend.session()
        village = settle(self.session)
        self.bank, self.recorder = village.angus.id, village.ada.membership_id
        members = [join(self.session, village.angus, f"Member{n} X").account_id for n in range(4)]
        self.accounts = [*members, get_account_of_kind(self.session, self.bank, AccountKind.POT)]
        self.session.commit()
        self.model, self.done, self.count = Books(), [], 0
        for account_id in self.accounts:
            self.model.open_account(get_account(self.session, self.bank, account_id))

    def both(self, entry, on_database):
        """Do a deed on both; they agree on whether it is taken, and why not."""
        said = []
        for act in (lambda: self.model.post(entry), on_database):
            try:
                act()
                said.append(None)
            except LedgerError as error:
                said.append(type(error))
        self.session.commit() if said[1] is None else self.session.rollback()
        assert said[0] == said[1]
        return said[0] is None

    def as_new(self, entry):
        return NewEntry(
            bank_id=self.bank,
            key=entry.key,
            kind=entry.kind,
            lines=entry.lines,
            occurred_on=date(2026, 11, 20),
            recorded_at=NOW,
            recorded_by=self.recorder,
            deed="machine",
            reverses=entry.reverses,
        )

    @rule(
        drawn=LINES, kind=st.sampled_from([EntryKind.EXCHANGE, EntryKind.ACTIVITY, EntryKind.GIFT, EntryKind.WELCOME])
    )
    def post(self, drawn, kind):
        self.count += 1
        lines = tuple(Line(self.accounts[a], self.accounts[b], minutes) for a, b, minutes in drawn)
        entry = Entry(self.count, f"k{self.count}", kind, lines)
        posted = []
        if self.both(entry, lambda: posted.append(actions.post(self.session, self.as_new(entry)))):
            # The model knows the entry by the database's own id, since reversals name it.
            self.model.entries[entry.key] = replace(entry, id=posted[0])
            self.done.append(entry.key)

    @rule(pick=st.integers(0, 1000), minutes=st.sampled_from([None, 7]))
    def post_again(self, pick, minutes):
        """The same key: the same deed changes nothing, another is refused."""
        if not self.done:
            return
        entry = self.model.entries[self.done[pick % len(self.done)]]
        if minutes is not None and entry.reverses is None:
            entry = replace(entry, lines=(replace(entry.lines[0], minutes=1000 + minutes),))
        self.both(entry, lambda: actions.post(self.session, self.as_new(entry)))

    @rule(pick=st.integers(0, 1000), part=st.booleans())
    def take_back(self, pick, part):
        if not self.done:
            return
        self.count += 1
        first = self.model.entries[self.done[pick % len(self.done)]]
        if first.reverses is not None:
            return
        lines = reversal_lines(first, [1] if part else None)
        entry = Entry(self.count, f"k{self.count}", first.kind, lines, first.id)
        posted = []
        if self.both(entry, lambda: posted.append(actions.post(self.session, self.as_new(entry)))):
            self.model.entries[entry.key] = replace(entry, id=posted[0])
            self.done.append(entry.key)

    @rule(number=NUMBERS, floor=st.one_of(st.none(), st.integers(-3000, 600)))
    def change_limit(self, number, floor):
        account_id = self.accounts[number]
        said = []
        for act in (
            lambda: self.model.set_floor(account_id, floor),
            lambda: actions.change_limit(
                self.session, self.bank, account_id, floor, reason="test", by=self.recorder, now=NOW
            ),
        ):
            try:
                act()
                said.append(None)
            except LedgerError as error:
                said.append(type(error))
        self.session.commit() if said[1] is None else self.session.rollback()
        assert said[0] == said[1]

    @invariant()
    def they_say_the_same(self):
        for account_id in self.accounts:
            kept = get_account(self.session, self.bank, account_id)
            thought: Account = self.model.accounts[account_id]
            assert replace(kept, kind=thought.kind) == thought
        self.session.rollback()

    def teardown(self):
        for account_id in self.accounts:
            rows = list_whole_statement(self.session, self.bank, account_id, StatementFilter())
            mine = [p for p in self.model.postings if p.account == account_id]
            assert [(row.number, row.minutes, row.balance_after) for row in rows] == [
                (posting.number, posting.minutes, posting.balance_after) for posting in mine
            ]
        assert all(check(self.session).verdict is Verdict.RIGHT for check in CHECKS)
        self.session.close()


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_the_books_say_what_the_pure_ledger_says(request, name):
    machine = type("Machine", (BooksMachine,), {"backend": request.getfixturevalue(f"{name}_backend")})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
