"""Asking for help: for which day, how many helpers, every week; beginnings to tap; and a broker's one form."""

from datetime import time, timedelta

import pytest

from tests.people import NOW, TODAY
from timebank.codes import spoken

TYPED = {"title": "The hedge", "kind1": "outdoors/gardening"}
ASK = "my-listings/new/request"


@pytest.fixture
def grace(as_, village, books):
    books.open_categories()
    return as_(village.grace)


def row(books):
    (listing,) = books.ask("SELECT code FROM listing")
    return books.listing(listing.code)


def test_a_request_says_its_day_time_and_helpers_and_so_does_its_page(grace, as_, village, books):
    page = grace.get(ASK)
    assert page.form.fields["day_choice"] == ["any"]
    assert page.form.fields["helpers"] == ["1"]
    page = grace.done(page, **TYPED, day_choice="tomorrow", time="2 pm", helpers="3")
    listing = row(books)
    assert (listing.wanted_on, listing.wanted_time, listing.helpers_wanted) == (TODAY + timedelta(days=1), time(14), 3)
    assert (listing.every_week, listing.written_by) == (False, None)
    assert "For when Tomorrow, Sunday 22 November, 14:00" in page
    assert "Helpers 0 of 3 found" in page
    ada = as_(village.ada)
    assert "Tomorrow, Sunday 22 November, 14:00 · 0 of 3 found" in ada.get("listings?kind=request")
    page = ada.done(ada.get(f"listings/{spoken(listing.code)}"), "I can help with this")
    page = ada.done(page)
    assert "how long" in page.title, "the day is known"
    assert books.are_right()


def test_any_day_is_the_default_and_a_typed_day_counts_whichever_button_is_pressed_in(grace, books):
    grace.done(grace.get(ASK), **TYPED)
    assert (row(books).wanted_on, row(books).helpers_wanted) == (None, 1)
    code = spoken(row(books).code)
    grace.done(grace.get(f"listings/{code}/changes"), day="27/11/2026", every_week="y")
    page = grace.get(f"listings/{code}")
    assert "For when Every Friday" in page
    page = grace.get(f"listings/{code}/changes")
    assert page.form.fields["day_choice"] == ["other"]
    assert page.form.fields["day"] == ["27 November 2026"]
    grace.done(page, day_choice="any", day="", every_week=[])
    assert row(books).wanted_on is None


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"day_choice": "other"}, "Choose a day, or type it."),
        ({"day": "20 November"}, "That day has passed. Choose today or a day to come."),
        ({"day": "soon"}, "Type the day, such as 17 November or 17/11/2026."),
        ({"time": "10:30"}, "Choose a day for this time too."),
        ({"day_choice": "today", "time": "2"}, "Is 2 in the morning or in the afternoon? Type 2 am or 14:00."),
        ({"day_choice": "today", "time": "noonish"}, "Type the time of day, such as 10:30 or 2 pm."),
        ({"helpers": "0"}, "Type a whole number from 1 to 10."),
        ({"helpers": "11"}, "Type a whole number from 1 to 10."),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(typed, sentence, grace, books):
    page = grace.submit(grace.get(ASK), **TYPED | typed)
    assert page.status == 200
    assert sentence in page
    for name, value in (TYPED | typed).items():
        assert page.form.fields[name] == [value], name
    assert books.count("listing") == 0


def test_an_offer_asks_for_no_day_and_no_helpers(grace):
    assert not {"day_choice", "day", "time", "helpers", "every_week"} & grace.get("my-listings/new/offer").form.names


def test_a_beginning_fills_in_a_title_and_a_kind(grace, books):
    page = grace.get(grace.get(ASK).links["A lift to …"])
    assert page.form.fields["title"] == ["A lift to "]
    assert page.form.fields["kind1"] == ["getting-about/lifts"]
    page = grace.done(page, title="A lift to the optician")
    assert "A lift to the optician" in page.title
    page = grace.get(f"{ASK}?begin=nonsense")
    assert page.form.fields["title"] == [""]


def test_the_beginnings_stand_on_the_request_page_alone(grace):
    links = grace.get(ASK).links
    assert {"A lift to …", "Somebody to talk to", "Shopping", "A small repair", "Company for a walk"} <= set(links)
    assert "A lift to …" not in grace.get("my-listings/new/offer").links


def test_a_bank_without_kinds_has_no_beginnings(as_, village):
    assert "Shopping" not in as_(village.grace).get(ASK).links


def test_a_filled_request_is_found_no_more_and_its_page_says_so(grace, as_, village, books):
    code = books.listed(village.grace, kind="request", title="The hedge")
    books.answered(code, village.ada)
    linus = as_(village.linus)
    assert "The hedge" not in linus.get("listings?kind=request").links
    page = linus.get(f"listings/{code}")
    assert "Filled: nobody else needs to come." in page
    assert "Ada Lamont" not in page, "who helps is between the two"
    assert not page.has_button("I can help with this")
    page = grace.get(f"listings/{code}")
    assert "Ada Lamont agreed to help today." in page
    page = grace.get(page.links["Ask again"])
    assert page.form.fields["title"] == ["The hedge"]
    grace.done(page)
    assert "The hedge" in linus.get("listings?kind=request").links
    assert "All helpers are found" in grace.get("my-listings")


def test_what_somebody_else_asked_for_is_no_beginning_of_mine(grace, village, books):
    code = books.listed(village.ada, kind="request", title="Secret of Ada")
    assert grace.get(f"{ASK}?like={code}").form.fields["title"] == [""]
    assert grace.get(f"{ASK}?like=%00").status == 200


def test_a_broker_writes_a_request_for_a_member_in_one_form(grace, as_, village, books):
    rosa = as_(village.rosa)
    page = rosa.get(rosa.get(f"members/{spoken(village.grace.code)}").links["Write down a request"])
    assert "What does Grace ask for?" in page.title
    assert page.form.fields["how"] == ["phone"]
    page = rosa.done(
        page, **TYPED, day_choice="tomorrow", time="10", helpers="2", how="paper", evidence="card of Monday"
    )
    assert "It is listed now for Grace Okafor. Others can find it." in page
    assert "Rosa Lindsay wrote it down for Grace Okafor, on paper. card of Monday" in page
    listing = row(books)
    assert (listing.member_id, listing.written_by) == (village.grace.membership_id, village.rosa.membership_id)
    assert (listing.how, listing.evidence) == ("paper", "card of Monday")
    (trail,) = books.ask("SELECT done_by, on_behalf_of FROM trail WHERE deed = 'listing.request'")
    assert tuple(trail) == (village.rosa.membership_id, village.grace.membership_id)
    assert "Rosa Lindsay wrote it down" in grace.get(f"listings/{spoken(listing.code)}")
    assert "Rosa Lindsay" not in as_(village.linus).get(f"listings/{spoken(listing.code)}")
    assert "What you asked for The hedge" in grace.get()
    assert books.are_right()


def test_the_brokers_form_sent_twice_lists_it_once(grace, as_, village, books):
    rosa = as_(village.rosa)
    page = rosa.get(f"members/{spoken(village.grace.code)}/request?begin=shopping")
    assert page.form.fields["title"] == ["Shopping"]
    first, second = rosa.submit(page), rosa.submit(page)
    assert first.to == second.to
    assert books.count("listing") == 1


def test_a_broker_writes_nothing_for_themselves_or_for_who_cannot_ask(grace, as_, village, books):
    rosa = as_(village.rosa)
    for member in (village.rosa, village.tom):
        assert rosa.get(f"members/{spoken(member.code)}/request").status == 403
    page = rosa.submit(rosa.get(f"members/{spoken(village.grace.code)}/request"), **TYPED, how="nonsense")
    assert page.status == 200
    assert books.count("listing") == 0


def test_what_a_broker_lists_in_acting_mode_says_by_whose_hand_too(grace, as_, village, books):
    rosa = as_(village.rosa)
    page = rosa.get(f"{ASK}?acting={spoken(village.grace.code)}&how=in_person")
    rosa.done(page, **TYPED)
    assert (row(books).written_by, row(books).how) == (village.rosa.membership_id, "in_person")


def test_a_day_that_has_passed_stands_apart_in_my_offers_and_requests(grace, village, books):
    before = NOW - timedelta(days=3)
    books.listed(village.grace, kind="request", title="The hedge", now=before, wanted_on=before.date())
    page = grace.get("my-listings")
    assert "The day has passed" in page
    page = grace.get(page.links["Ask again"])
    assert page.form.fields["day"] == [""]
    assert "Choose a day, or type it." in grace.submit(page)
    page = grace.done(page, day_choice="tomorrow")
    assert "It is changed." in page
    assert "The day has passed" not in grace.get("my-listings")
