"""What a member asked for stands on home, and what came of it comes back in one sentence."""

from datetime import timedelta

import pytest

from tests.people import NOW, TODAY

FRIDAY = TODAY + timedelta(days=6)
YESTERDAY = TODAY - timedelta(days=1)


def test_what_was_asked_stands_on_home_until_helpers_agree(as_, village, books):
    code = books.listed(village.grace, kind="request", title="The hedge", helpers_wanted=2, wanted_on=FRIDAY)
    grace = as_(village.grace)
    page = grace.get()
    assert "What you asked for The hedge Friday 27 November · Nobody has agreed yet" in page
    assert page.links["The hedge"] == f"/angus/listings/{code}"
    books.answered(code, village.ada, day=FRIDAY)
    page = grace.get()
    assert "Ada Lamont agreed to help on Friday." in page
    assert "1 more helper is looked for" in page
    exchange = books.answered(code, village.linus, day=FRIDAY)
    page = grace.get()
    assert "Linus Baxter agreed to help on Friday." in page
    assert "looked for" not in page
    linus = as_(village.linus)
    linus.done(linus.get(f"exchanges/{exchange}"), "Call it off")
    assert "1 more helper is looked for" in grace.get()


def test_nobody_came_and_one_button_asks_again(as_, village, books):
    before = NOW - timedelta(days=3)
    books.listed(village.grace, kind="request", title="The hedge", now=before, wanted_on=YESTERDAY)
    grace = as_(village.grace)
    page = grace.get()
    assert "Nobody could be found for Friday. Ask again?" in page
    assert page.links["Ring the office"] == "tel:01632960001"
    page = grace.done(grace.get(page.links["Ask again"]), day_choice="tomorrow")
    assert "It is changed." in page
    assert "What you asked for The hedge Tomorrow, Sunday 22 November · Nobody has agreed yet" in grace.get()


def test_nobody_came_and_one_button_calls_it_off(as_, village, books):
    before = NOW - timedelta(days=3)
    code = books.listed(village.grace, kind="request", title="The hedge", now=before, wanted_on=YESTERDAY)
    grace = as_(village.grace)
    grace.done(grace.get(), "Call it off")
    assert books.listing(code).life == "closed"
    assert "What you asked for" not in grace.get()


def test_a_request_for_any_day_is_asked_again_with_one_tap_when_its_time_is_over(as_, village, books):
    books.listed(village.grace, kind="request", title="The hedge", now=NOW - timedelta(days=300))
    grace = as_(village.grace)
    assert "Nobody could be found so far. Ask again?" in grace.get()
    grace.done(grace.get(), "Ask again")
    assert "Nobody has agreed yet" in grace.get()
    assert "The hedge" in as_(village.ada).get("listings?kind=request").links


@pytest.mark.parametrize(("days_ago", "is_there"), [(1, True), (7, True), (8, False)])
def test_what_came_of_it_leaves_home_a_week_after_the_help(days_ago, is_there, as_, village, books):
    code = books.listed(village.grace, kind="request", title="The hedge", now=NOW - timedelta(days=20))
    books.helped(code, village.ada, day=TODAY - timedelta(days=days_ago))
    page = as_(village.grace).get()
    assert ("What you asked for" in page) is is_there
    assert ("Ada Lamont helped" in page) is is_there


def test_only_the_newest_are_named_and_a_link_leads_to_all(as_, village, books):
    for number in range(6):
        books.listed(village.grace, kind="request", title=f"Wish {number}", now=NOW + timedelta(minutes=number))
    page = as_(village.grace).get()
    assert {f"Wish {number}" for number in range(1, 6)} <= set(page.links)
    assert "Wish 0" not in page.links
    assert page.links["See all that you asked for"] == "/angus/my-listings"


def test_offers_and_what_others_asked_for_are_none_of_it(as_, village, books):
    books.listed(village.grace, title="Jam")
    books.listed(village.ada, kind="request", title="The hedge")
    assert "What you asked for" not in as_(village.grace).get()
