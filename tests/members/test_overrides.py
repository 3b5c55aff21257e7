"""A floor that was lowered for a time rises again, as far as the balance allows."""

from datetime import timedelta

import pytest

from tests.people import NOW, TODAY, account_of, make_confirmed
from timebank.audit.checks import check_books
from timebank.banks.actions import open_bank
from timebank.banks.errors import NotASlugError, SlugTakenError
from timebank.bookkeeping import actions as bookkeeping
from timebank.bookkeeping.limits import list_limits
from timebank.ledger.checks import Verdict
from timebank.members.limits import end_overrides
from timebank.trail import actions as trail

LATER = NOW + timedelta(days=8)


@pytest.fixture
def lowered(session, village):
    """Grace may go down to -30 hours for a week."""
    subject, rosa = f"member:{village.grace.code}", village.rosa.membership_id
    trail.begin(session, trail.Deed(village.angus.id, "limit.lowered", subject, rosa, NOW))
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


def test_when_it_ends_the_floor_is_the_banks_again(session, village, lowered):
    assert end_overrides(session, village.angus, now=LATER) == 1
    assert floor_of(session, village) == -1200
    assert end_overrides(session, village.angus, now=LATER + timedelta(days=1)) == 0


def test_it_rises_only_as_far_as_the_balance_allows_and_further_later(session, village, lowered):
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


def test_another_banks_floors_are_left_alone(session, village, lowered):
    assert end_overrides(session, village.perth, now=LATER) == 0


@pytest.mark.parametrize("slug", ["", "a", "Angus", "an gus", "-angus", "angus-", "a--b", "static", "x" * 41, "ängus"])
def test_a_slug_is_small_letters_and_digits_and_none_of_ours(session, village, slug):
    with pytest.raises(NotASlugError):
        open_bank(session, slug=slug, name="Bank", now=NOW)


def test_a_slug_is_taken_once(session, village):
    with pytest.raises(SlugTakenError):
        open_bank(session, slug="angus", name="Another", now=NOW)
