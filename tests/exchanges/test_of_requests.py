"""A request is filled by the exchanges that came of it, and found again when one of them is called off."""

from datetime import time, timedelta

import pytest

from tests.listings.conftest import list_it, said, tree
from tests.people import NOW, TODAY, terms
from timebank.actors import Doing
from timebank.errors import PastDayError
from timebank.exchanges import actions, drafts
from timebank.exchanges.expiry import expire
from timebank.exchanges.of_requests import list_helpers
from timebank.exchanges.terms import Terms
from timebank.listings import actions as listing_actions
from timebank.listings.access import get_visible, may_answer
from timebank.listings.errors import HelpersWantedError
from timebank.listings.filling import ListingState, places_left, state_of
from timebank.listings.finding import ListingFilter, find_listings
from timebank.listings.queries import find_listing, get_tree, list_asked, list_requests_of_account, list_shown_of_member
from timebank.listings.rules import ListingKind

__all__ = ["list_it", "said", "tree"]
REQUEST = ListingKind.REQUEST


@pytest.fixture
def asks(list_it, village):
    """`asks('The hedge', helpers_wanted=2)` is a request of Grace's; gives its code."""

    def ask(title="The hedge", **more):
        return list_it(title, by=village.grace, kind=REQUEST, **more)

    return ask


@pytest.fixture
def helps(session, village):
    """`helps(code, village.ada)` proposes to help with a request, which Grace accepts; gives the exchange's code."""

    def help_with(code, who, *, accept=True, day=TODAY):
        answer = terms(who, village.grace, day=day)
        listing_id = find_listing(session, village.angus.id, code).id
        whole = Terms(**{**_values(answer), "listing_id": listing_id})
        exchange = actions.propose(session, village.angus, whole, Doing(who, NOW, f"p-{code}-{who.number}-{day}"))
        if accept:
            actions.accept(session, exchange, Doing(village.grace, NOW))
        return exchange

    return help_with


def _values(answer):
    return {name: getattr(answer, name) for name in Terms.__dataclass_fields__}


def titles(session, village, today=TODAY):
    page = find_listings(
        session, village.angus.id, ListingFilter(REQUEST), get_tree(session, village.angus.id), today=today
    )
    return [row.title for row in page.rows]


def line_of(session, village, code, today=TODAY):
    (line,) = [row for row in list_asked(session, village.angus.id, village.grace.membership_id, today=today)
               if row.code == code]  # fmt: skip
    return line


def test_a_request_is_filled_as_helpers_agree_and_then_found_no_more(session, village, asks, helps):
    code = asks(helpers_wanted=2)
    helps(code, village.ada, accept=False)
    assert places_left(line_of(session, village, code)) == 2, "a question is no answer"
    helps(code, village.linus)
    assert (places_left(line_of(session, village, code)), titles(session, village)) == (1, ["The hedge"])
    helps(code, village.rosa)
    assert line_of(session, village, code).helpers_found == 2
    assert state_of(line_of(session, village, code), TODAY) is ListingState.FILLED
    assert titles(session, village) == []
    assert list_shown_of_member(session, village.angus.id, village.grace.membership_id, today=TODAY) == []
    shown = get_visible(session, village.mary, code, TODAY)
    assert shown.helpers_found == 2
    assert not may_answer(shown, village.mary, TODAY)


def test_what_is_declined_or_called_off_gives_the_place_back(session, village, asks, helps):
    code = asks()
    exchange = helps(code, village.ada, accept=False)
    actions.decline(session, exchange, Doing(village.grace, NOW))
    assert titles(session, village) == ["The hedge"]
    exchange = helps(code, village.linus)
    assert titles(session, village) == []
    actions.cancel(session, exchange, Doing(village.grace, NOW))
    assert titles(session, village) == ["The hedge"]


def test_recorded_help_fills_it_until_it_expires(session, village, asks):
    code = asks()
    whole = Terms(**{**_values(terms(village.ada, village.grace)),
                     "listing_id": find_listing(session, village.angus.id, code).id})  # fmt: skip
    exchange = actions.record(session, village.angus, whole, Doing(village.ada, NOW, "r"))
    assert titles(session, village) == []
    (helper,) = list_helpers(session, village.angus.id, [line_of(session, village, code).id])
    assert (helper.exchange_code, helper.account_id, helper.day, helper.has_helped) == (
        exchange, village.ada.account_id, TODAY, True,
    )  # fmt: skip
    expire(session, village.angus, now=NOW + timedelta(days=village.angus.waiting_days + 1))
    assert titles(session, village) == ["The hedge"]
    assert list_helpers(session, village.angus.id, [line_of(session, village, code).id]) == []


def test_where_both_settle_that_nothing_happened_the_place_is_free(session, village, asks):
    code = asks()
    whole = Terms(**{**_values(terms(village.ada, village.grace)),
                     "listing_id": find_listing(session, village.angus.id, code).id})  # fmt: skip
    exchange = actions.record(session, village.angus, whole, Doing(village.ada, NOW, "r"))
    actions.dispute(session, exchange, Doing(village.grace, NOW), words="She was ill", minutes=0)
    assert titles(session, village) == [], "while it is looked at, it counts"
    actions.decide(session, exchange, Doing(village.rosa, NOW), minutes=0, reason="Both say so")
    assert titles(session, village) == ["The hedge"]


def test_a_request_is_found_until_its_day_has_passed_and_recorded_still(session, village, asks):
    code = asks(wanted_on=TODAY, wanted_time=time(10, 30))
    assert titles(session, village) == ["The hedge"]
    tomorrow = TODAY + timedelta(days=1)
    assert titles(session, village, today=tomorrow) == []
    (row,) = list_requests_of_account(session, village.angus.id, village.grace.account_id, today=tomorrow, most=3)
    assert (row.code, row.wanted_time) == (code, time(10, 30))


def test_each_week_of_a_weekly_request_wants_its_own_helpers(session, village, asks, helps):
    next_week = TODAY + timedelta(days=7)
    code = asks(wanted_on=TODAY, every_week=True)
    helps(code, village.ada)
    assert titles(session, village) == []
    assert titles(session, village, today=next_week) == ["The hedge"]
    helps(code, village.ada, day=next_week)
    assert titles(session, village, today=next_week) == []
    assert line_of(session, village, code, today=next_week).helpers_found == 1


def test_an_answer_is_for_the_day_of_the_request(session, village, asks):
    friday = TODAY + timedelta(days=6)
    for title, more, day in (
        ("Dated", {"wanted_on": friday}, friday),
        ("Weekly", {"wanted_on": friday, "every_week": True}, friday),
        ("Any day", {}, None),
    ):
        listing = find_listing(session, village.angus.id, asks(title, **more))
        answer = Doing(village.ada, NOW, title)
        draft = drafts.start_from_listing(session, village.angus, listing, village.grace.account_id, answer)
        assert (draft.day, draft.listing_id) == (day, listing.id)


def test_a_day_that_is_over_or_too_many_helpers_are_refused_when_listed_and_when_changed(session, village, asks, said):
    yesterday = TODAY - timedelta(days=1)
    code = asks(wanted_on=TODAY)
    for more, error in (({"wanted_on": yesterday}, PastDayError), ({"helpers_wanted": 11}, HelpersWantedError)):
        with pytest.raises(error):
            asks("Another", **more)
        with pytest.raises(error):
            listing_actions.change(
                session, village.angus, code, said("The hedge", **more), Doing(village.grace, NOW, str(more))
            )


def test_asked_again_for_a_day_to_come_it_is_found_again(session, village, asks, said):
    code = asks(wanted_on=TODAY)
    later = NOW + timedelta(days=3)
    day = TODAY + timedelta(days=10)
    listing_actions.change(
        session, village.angus, code, said("The hedge", wanted_on=day, helpers_wanted=2),
        Doing(village.grace, later, "again"),
    )  # fmt: skip
    assert titles(session, village, today=day) == ["The hedge"]
    assert places_left(line_of(session, village, code)) == 2


def test_a_weekly_helper_of_next_time_takes_the_place_of_next_time(session, village, asks, helps):
    """Asked on a Saturday, for Saturdays: from Sunday on, it is next Saturday's helper who counts."""
    code = asks(wanted_on=TODAY, every_week=True)
    helps(code, village.ada)
    sunday, next_saturday = TODAY + timedelta(days=1), TODAY + timedelta(days=7)
    assert titles(session, village, today=sunday) == ["The hedge"]
    helps(code, village.ada, day=next_saturday)
    assert titles(session, village, today=sunday) == []
    assert titles(session, village, today=next_saturday + timedelta(days=1)) == ["The hedge"]


def test_a_weekly_request_that_begins_later_counts_its_first_helper(session, village, asks, helps):
    begins = TODAY + timedelta(days=21)
    code = asks(wanted_on=begins, every_week=True)
    assert titles(session, village) == ["The hedge"]
    helps(code, village.ada, day=begins)
    assert titles(session, village) == []
