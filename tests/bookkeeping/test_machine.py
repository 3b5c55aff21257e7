"""A state machine: after any sequence of deeds the database equals the pure ledger."""

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.bookkeeping.twins import Twins
from tests.people import join, settle
from timebank.bookkeeping.checking.checks import CHECKS
from timebank.bookkeeping.queries import get_account_of_kind
from timebank.ledger.accounts import AccountKind
from timebank.ledger.checks import Verdict
from timebank.ledger.entries import EntryKind

NUMBERS = st.integers(0, 4)
PICKS = st.integers(0, 1000)
LINES = st.lists(
    st.tuples(NUMBERS, NUMBERS, st.integers(1, 900)).filter(lambda t: t[0] != t[1]), min_size=1, max_size=4
)
KINDS = st.sampled_from([EntryKind.EXCHANGE, EntryKind.ACTIVITY, EntryKind.GIFT, EntryKind.WELCOME])


class BooksMachine(RuleBasedStateMachine):
    """Chooses the deeds that `Twins` does."""

    backend = None

    @initialize()
    def open_books(self):
        self.backend.empty()
        self.session = self.backend.session()
        village = settle(self.session)
        members = [join(self.session, village.angus, f"Member{n} X").account_id for n in range(4)]
        pot = get_account_of_kind(self.session, village.angus.id, AccountKind.POT)
        self.session.commit()
        self.twins = Twins(self.session, village.angus.id, village.ada.membership_id, [*members, pot])

    @rule(drawn=LINES, kind=KINDS)
    def post(self, drawn, kind):
        self.twins.post(drawn, kind)

    @rule(pick=PICKS, minutes=st.sampled_from([None, 1007]))
    def post_again(self, pick, minutes):
        self.twins.post_again(pick, minutes)

    @rule(pick=PICKS, part=st.booleans())
    def take_back(self, pick, part):
        self.twins.take_back(pick, part=part)

    @rule(number=NUMBERS, floor=st.one_of(st.none(), st.integers(-3000, 600)))
    def change_limit(self, number, floor):
        self.twins.change_limit(number, floor)

    @rule(number=NUMBERS, minutes=st.integers(1, 900), agreed=st.sampled_from([0, 60, 900]))
    def hold(self, number, minutes, agreed):
        self.twins.hold(number, minutes, agreed)

    @rule(pick=PICKS)
    def release(self, pick):
        self.twins.release(pick)

    @rule(pick=PICKS, number=NUMBERS, minutes=st.integers(1, 900))
    def resolve(self, pick, number, minutes):
        self.twins.resolve(pick, number, minutes)

    @invariant()
    def accounts_are_equal(self):
        self.twins.compare_accounts()

    def teardown(self):
        self.twins.compare_everything()
        assert (self.twins.doubles, self.twins.count_below_floor()) == (0, 0)
        assert all(check(self.session).verdict is Verdict.RIGHT for check in CHECKS)
        self.session.close()


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_the_database_agrees_with_the_pure_ledger(request, name):
    machine = type("Machine", (BooksMachine,), {"backend": request.getfixturevalue(f"{name}_backend")})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
