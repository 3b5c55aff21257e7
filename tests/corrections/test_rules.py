"""Who proposes and who answers a correction, as tables; what it does to balances, by its own arithmetic."""

import pytest
from hypothesis import given, strategies as st

from timebank.actors import Actor, How, Role, Standing, acting_for
from timebank.corrections import rules
from timebank.ledger.accounts import Account
from timebank.ledger.entries import EntryKind, Line

ADA, GRACE, POT = 1, 2, 9
_PROPOSER = 100


def actor(*roles, membership=7, account=70, standing=Standing.ACTIVE):
    return Actor(1, membership, 5, account, "Somebody", "K7M3Q2XZ", 3, frozenset(roles), standing)


@pytest.mark.parametrize(
    ("who", "proposes", "answers"),
    [
        (actor(Role.MEMBER), False, False),
        (actor(Role.MEMBER, Role.BROKER), False, False),
        (actor(Role.AUDITOR), False, False),
        (actor(Role.TRUSTEE), False, True),
        (actor(Role.COORDINATOR), True, True),
        (actor(Role.COORDINATOR, membership=_PROPOSER), True, False),
        (actor(Role.TRUSTEE, membership=_PROPOSER), False, False),
        (actor(Role.TRUSTEE, account=ADA), False, False),
        (actor(Role.COORDINATOR, account=GRACE), True, False),
        (actor(Role.TRUSTEE, standing=Standing.SUSPENDED), False, False),
        (actor(Role.COORDINATOR, standing=Standing.LEFT), False, False),
        (
            acting_for(actor(Role.BROKER, membership=8), actor(Role.COORDINATOR, Role.MEMBER), How.PHONE),
            False,
            False,
        ),
    ],
)
def test_who_proposes_and_who_answers(who, proposes, answers):
    assert rules.may_propose(who) is proposes
    assert rules.may_answer(who, proposed_by=_PROPOSER, accounts={ADA, GRACE}, depends_on=()) is answers
    assert not rules.may_answer(who, proposed_by=_PROPOSER, accounts={ADA, GRACE}, depends_on={_PROPOSER})


@pytest.mark.parametrize(
    ("who", "may"),
    [
        (actor(Role.COORDINATOR, membership=_PROPOSER), True),
        (actor(Role.TRUSTEE, membership=_PROPOSER), False),
        (actor(Role.COORDINATOR), False),
    ],
)
def test_only_who_proposed_it_withdraws_it(who, may):
    assert rules.may_withdraw(who, proposed_by=_PROPOSER) is may


@pytest.mark.parametrize(
    ("who", "may"),
    [
        (actor(Role.COORDINATOR), True),
        (actor(Role.TRUSTEE), True),
        (actor(Role.COORDINATOR, membership=_PROPOSER), False),
        (actor(Role.AUDITOR), False),
        (actor(Role.BROKER), False),
    ],
)
def test_who_confirms_a_month(who, may):
    assert rules.may_confirm_month(who, signed_by=_PROPOSER, depends_on=()) is may
    assert not rules.may_confirm_month(who, signed_by=_PROPOSER, depends_on={_PROPOSER})


@pytest.mark.parametrize(
    ("kind", "deed", "own"),
    [
        (EntryKind.EXCHANGE, "exchange:K7M3Q2XZ", True),
        (EntryKind.EXCHANGE, "history:7", False),
        (EntryKind.WELCOME, "member:K7M3Q2XZ", False),
        (EntryKind.ADJUSTMENT, "correction:K7M3Q2XZ", False),
    ],
)
def test_entries_of_exchanges_are_reversed_on_their_own_page(kind, deed, own):
    assert rules.has_own_way(kind, deed) is own


@pytest.mark.parametrize(
    ("account", "after", "is_too_low"),
    [
        (Account(GRACE, floor=-60, balance=0), -60, False),
        (Account(GRACE, floor=-59, balance=0), -60, True),
        (Account(GRACE, floor=-60, balance=0, held=1), -60, True),
        (Account(GRACE, floor=None, balance=0), -60, False),
    ],
)
def test_a_change_says_whether_the_floor_prevents_it(account, after, is_too_low):
    found = rules.changes([Line(GRACE, ADA, 60)], {GRACE: account, ADA: Account(ADA, balance=30)})
    assert found[0] == rules.Change(GRACE, account.balance, after, is_too_low)
    assert found[1] == rules.Change(ADA, 30, 90, is_too_low=False)


def test_an_account_below_its_floor_may_still_rise():
    below = Account(ADA, floor=0, balance=-120)
    found = rules.changes([Line(POT, ADA, 60)], {POT: Account(POT, floor=None), ADA: below})
    assert found[1] == rules.Change(ADA, -120, -60, is_too_low=False)


_LINES = st.lists(
    st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(1, 600)).filter(lambda line: line[0] != line[1]),
    min_size=1,
    max_size=8,
)


@given(_LINES)
def test_the_changes_of_all_accounts_sum_to_zero(told):
    lines = [Line(*line) for line in told]
    found = rules.changes(lines, {number: Account(number, balance=number) for number in range(1, 5)})
    assert {change.account_id for change in found} == rules.accounts_of(lines)
    assert sum(change.after - change.before for change in found) == 0
