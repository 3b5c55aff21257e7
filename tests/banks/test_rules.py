"""The rules of a bank: what fits, what does not, and what a change of the members' limit does."""

from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from tests.people import NOW, account_of, join, make_confirmed
from timebank.actors import Doing
from timebank.audit.checks import check_books
from timebank.banks import rules
from timebank.banks.actions import change_rules
from timebank.banks.errors import RuleOutOfRangeError
from timebank.banks.models import Bank
from timebank.banks.rules import Rules, check, rules_of
from timebank.ledger.checks import Verdict
from timebank.trail.actions import OtherContentError
from timebank.trail.queries import list_deeds

USUAL = Rules(
    name="Angus Time Bank",
    phone="01632 960 001",
    opening_hours="",
    email="",
    coordinator_name="Mary Duncan",
    time_zone="Europe/London",
    phone_country="GB",
    welcome_minutes=120,
    member_floor=-1200,
    soft_low=-600,
    soft_high=1200,
    back_dating_days=90,
    references_needed=2,
    review_months=6,
    unagreed_hold_minutes=240,
    waiting_days=90,
    privacy_notice="",
    sends_letters=False,
    texts_a_month=0,
    answers_by_text=False,
)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"phone": "", "coordinator_name": ""},
        {"time_zone": "America/Argentina/Ushuaia", "phone_country": "AR"},
        {"welcome_minutes": 0},
        {"welcome_minutes": 1440},
        {"member_floor": 0, "soft_low": 0},
        {"member_floor": -600, "soft_low": -600},
        {"soft_high": 0},
        {"back_dating_days": 0},
        {"references_needed": 0},
        {"references_needed": 5},
        {"review_months": 1},
        {"review_months": 60},
        {"unagreed_hold_minutes": 0},
        {"unagreed_hold_minutes": 24 * 60},
        {"waiting_days": 15},
        {"waiting_days": 730},
        {"privacy_notice": "x" * 10_000},
    ],
)
def test_rules_within_their_ranges_pass(changed):
    check(replace(USUAL, **changed))


@pytest.mark.parametrize(
    "changed",
    [
        {"name": ""},
        {"name": "  "},
        {"name": "x" * 81},
        {"phone": "x" * 41},
        {"opening_hours": "x" * 121},
        {"email": "office"},
        {"email": "x" * 250 + "@x.org"},
        {"coordinator_name": "x" * 81},
        {"time_zone": "Europe/Atlantis"},
        {"phone_country": "XX"},
        {"welcome_minutes": -15},
        {"welcome_minutes": 1441},
        {"member_floor": 15},
        {"member_floor": 0, "soft_low": 0, "welcome_minutes": 0},
        {"member_floor": -rules.FURTHEST - 1},
        {"soft_low": 15},
        {"soft_low": -1215},
        {"soft_high": -15},
        {"soft_high": rules.FURTHEST + 1},
        {"back_dating_days": -1},
        {"back_dating_days": 3651},
        {"phone": "12"},
        {"name": "\u200d"},
        {"references_needed": -1},
        {"references_needed": 6},
        {"review_months": 0},
        {"review_months": 61},
        {"unagreed_hold_minutes": -1},
        {"unagreed_hold_minutes": 24 * 60 + 1},
        {"waiting_days": 14},
        {"waiting_days": 731},
        {"privacy_notice": "x" * 10_001},
    ],
)
def test_a_rule_out_of_its_range_is_named(changed):
    with pytest.raises(RuleOutOfRangeError) as refused:
        check(replace(USUAL, **changed))
    assert refused.value.values == {"rule": next(iter(changed))}


_NUMBERS = {
    name: st.integers(-(2**40), 2**40) | st.integers(-2000, 2000)
    for name in (
        "welcome_minutes",
        "member_floor",
        "soft_low",
        "soft_high",
        "back_dating_days",
        "references_needed",
        "review_months",
        "unagreed_hold_minutes",
        "waiting_days",
    )
}


@given(st.fixed_dictionaries({}, optional=_NUMBERS))
def test_rules_that_pass_violate_no_constraint_of_the_database(changed):
    """The same conditions as the table's own, written down a second time."""
    said = replace(USUAL, **changed)
    try:
        check(said)
    except RuleOutOfRangeError:
        return
    assert 0 <= said.welcome_minutes < 2**31
    assert -(2**63) < said.member_floor <= 0
    assert said.soft_low <= 0 <= said.soft_high < 2**63
    assert 0 <= said.back_dating_days < 2**31
    assert 0 <= said.references_needed <= 5
    assert 1 <= said.review_months <= 60


@pytest.fixture
def change(session, village):
    """Change some of Angus's rules as Mary; gives how many members' limits changed."""

    def changing(*, for_all=False, form_key="form", **changed):
        said = replace(rules_of(session.get_one(Bank, village.angus.id)), **changed)
        doing = Doing(village.mary, NOW, form_key)
        return change_rules(session, village.angus, said, doing, for_all_members=for_all)

    return changing


def test_what_is_set_is_what_holds_and_stands_in_the_trail(session, village, change):
    changed = {
        "name": "Angus",
        "time_zone": "Europe/Paris",
        "welcome_minutes": 60,
        "back_dating_days": 30,
        "privacy_notice": "Ours",
    }
    assert change(**changed) == 0
    bank = session.get_one(Bank, village.angus.id, populate_existing=True)
    assert {name: getattr(bank, name) for name in changed} == changed
    rows = list_deeds(session, village.angus.id, "bank:angus")
    assert [(row.deed, row.done_by) for row in rows] == [
        ("bank.opened", None),
        ("rules.changed", village.mary.membership_id),
    ]


def test_the_other_bank_keeps_its_rules(session, village, change):
    change(name="Angus", soft_high=15)
    perth = session.get_one(Bank, village.perth.id, populate_existing=True)
    assert (perth.name, perth.soft_high) == ("Perth Time Bank", 1200)


def test_a_rule_that_cannot_be_changes_nothing(session, village, change):
    with pytest.raises(RuleOutOfRangeError):
        change(name="Angus", review_months=0)
    assert session.get_one(Bank, village.angus.id, populate_existing=True).name == "Angus Time Bank"


def test_a_new_limit_holds_for_whoever_comes_after(session, village, change):
    assert change(member_floor=-900) == 0
    bank = session.get_one(Bank, village.angus.id)
    sam = join(session, bank, "Sam Reid", by=village.rosa)
    assert (account_of(session, village.ada).floor, account_of(session, sam).floor) == (-1200, -900)


def test_a_new_limit_holds_for_everybody_whose_hours_allow_it(session, village, change):
    make_confirmed(session, village, village.ada, village.grace, minutes=1000)
    assert change(member_floor=-900, for_all=True) == 7
    floors = [account_of(session, who).floor for who in (village.ada, village.grace, village.perdita)]
    assert floors == [-900, -1200, -1200]
    assert {result.verdict for result in check_books(session)} == {Verdict.RIGHT}


def test_the_same_form_twice_changes_the_rules_once(session, village, change):
    assert change(member_floor=-900, for_all=True) == 8
    assert change(member_floor=-900, for_all=True) == 0
    assert len(list_deeds(session, village.angus.id, "bank:angus")) == 2
    with pytest.raises(OtherContentError):
        change(member_floor=-960)
