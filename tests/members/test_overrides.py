"""A floor that was lowered for a time rises again, as far as the balance allows."""

from datetime import timedelta

import pytest

from tests.people import NOW, TODAY, account_of, make_confirmed
from timebank.actors import Unattended
from timebank.audit.checks import check_books
from timebank.banks.actions import open_bank
from timebank.banks.errors import NotASlugError, SlugTakenError
from timebank.bookkeeping import actions as bookkeeping, reversing
from timebank.bookkeeping.limits import list_limits
from timebank.bookkeeping.opening import open_account
from timebank.bookkeeping.queries import get_account
from timebank.ledger.accounts import AccountKind
from timebank.ledger.checks import Verdict
from timebank.ledger.entries import EntryKind, Line
from timebank.members.limits import end_overrides, usual_floor
from timebank.references import DeedName, Ref, Subject, parse
from timebank.trail import actions as trail

LATER = NOW + timedelta(days=8)


@pytest.fixture
def lowered(session, village):
    """Grace may go down to -30 hours for a week."""
    subject, rosa = f"member:{village.grace.code}", village.rosa.membership_id
    trail.begin(session, Unattended(village.angus.id, NOW, rosa), DeedName.LIMIT_LOWERED, parse(subject))
    bookkeeping.change_limit(
        session,
        village.angus.id,
        village.grace.account_id,
        -1800,
        reason="Back from hospital",
        by=village.rosa.membership_id,
        now=NOW,
        until=TODAY + timedelta(days=7),
    )


def receive(session, village, minutes, what):
    make_confirmed(session, village, village.ada, village.grace, minutes=minutes, what=what)


def floor_of(session, village):
    return account_of(session, village.grace).floor


def test_an_override_holds_until_its_day_is_over(session, village, lowered):
    assert end_overrides(session, village.angus, now=NOW + timedelta(days=7)) == 0
    assert floor_of(session, village) == -1800


def test_after_an_override_the_floor_is_the_banks_again(session, village, lowered):
    assert end_overrides(session, village.angus, now=LATER) == 1
    assert floor_of(session, village) == -1200
    assert end_overrides(session, village.angus, now=LATER + timedelta(days=1)) == 0


def test_a_floor_is_raised_only_as_far_as_the_balance_allows(session, village, lowered):
    receive(session, village, 1440, "Nursing")
    assert end_overrides(session, village.angus, now=LATER) == 1
    assert floor_of(session, village) == -1440
    assert end_overrides(session, village.angus, now=LATER + timedelta(days=1)) == 0
    make_confirmed(session, village, village.grace, village.ada, minutes=120, what="Thanks")
    assert end_overrides(session, village.angus, now=LATER + timedelta(days=2)) == 1
    assert floor_of(session, village) == -1320
    make_confirmed(session, village, village.grace, village.ada, minutes=600, what="Many thanks")
    assert end_overrides(session, village.angus, now=LATER + timedelta(days=3)) == 1
    assert floor_of(session, village) == -1200
    reasons = [row.reason for row in list_limits(session, village.angus.id, village.grace.account_id)][::-1]
    assert reasons == ["floor of the bank's members", "Back from hospital", *["the override has ended"] * 3]
    session.commit()
    assert {result.verdict for result in check_books(session)} == {Verdict.RIGHT}


def test_a_fund_goes_back_to_its_own_floor(session, village):
    """A fund that may owe nothing got the members' floor, 20 hours below zero, once a reversal had lowered its own."""
    angus, mary, tom = village.angus, village.mary.membership_id, village.tom.membership_id
    trail.begin(session, Unattended(angus.id, NOW, mary), DeedName.RULES_CHANGED, Ref(Subject.BANK, "angus"))
    fund = open_account(session, angus.id, AccountKind.FUND, 5, floor=0, reason="a fund", by=mary, now=NOW)
    gift = _give(session, village, village.ada.account_id, fund, key="gift")
    _give(session, village, fund, village.grace.account_id, key="grant")
    trail.begin(session, Unattended(angus.id, NOW, tom), DeedName.RULES_CHANGED, Ref(Subject.BANK, "angus"))
    reversing.reverse(
        session, angus.id, gift, key="back", reason="Not meant", by=mary, approved_by=tom, now=NOW, today=TODAY
    )
    assert get_account(session, angus.id, fund).floor == -600
    assert end_overrides(session, angus, now=LATER) == 0
    assert get_account(session, angus.id, fund).floor == -600
    _give(session, village, village.linus.account_id, fund, key="another gift")
    assert end_overrides(session, angus, now=LATER + timedelta(days=1)) == 1
    assert get_account(session, angus.id, fund).floor == 0


def _give(session, village, giver, taker, *, key):
    mary = village.mary.membership_id
    trail.begin(session, Unattended(village.angus.id, NOW, mary), DeedName.RULES_CHANGED, Ref(Subject.BANK, "angus"))
    line = Line(giver, taker, 600)
    entry = bookkeeping.NewEntry(village.angus.id, key, EntryKind.GIFT, (line,), TODAY, NOW, mary, key)
    return bookkeeping.post(session, entry)


@pytest.mark.parametrize("kind", list(AccountKind), ids=[kind.value for kind in AccountKind])
def test_every_kind_of_account_has_its_usual_floor(village, kind):
    rules = {AccountKind.MEMBER: village.angus.member_floor, AccountKind.POT: village.angus.pot_floor}
    own = {AccountKind.GROUP: -60, AccountKind.FUND: -60, AccountKind.ACTIVITY: -60}
    assert usual_floor(village.angus, kind, -60) == {**rules, **own}.get(kind)


def test_another_banks_floors_are_left_alone(session, village, lowered):
    assert end_overrides(session, village.perth, now=LATER) == 0


@pytest.mark.parametrize("slug", ["", "a", "Angus", "an gus", "-angus", "angus-", "a--b", "static", "x" * 41, "ängus"])
def test_a_slug_is_small_letters_and_digits_and_none_of_ours(session, village, slug):
    with pytest.raises(NotASlugError):
        open_bank(session, slug=slug, name="Bank", now=NOW)


def test_a_slug_is_taken_once(session, village):
    with pytest.raises(SlugTakenError):
        open_bank(session, slug="angus", name="Another", now=NOW)
