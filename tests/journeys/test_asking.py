"""Asking for help for a day: by a member's own hand or by the telephone, until neighbours have come or nobody has."""

from datetime import timedelta

from tests.journeys.steps import press
from tests.people import NOW


def test_two_neighbours_come_for_one_request_and_each_is_thanked_in_hours(as_, village, books):
    books.open_categories()
    grace, ada, linus = as_(village.grace), as_(village.ada), as_(village.linus)
    page = press(grace, press(grace, grace.get(), "Find help or offer it"), "My offers and requests")
    page = press(grace, press(grace, page, "List a request"), "A hand in the garden")
    page = grace.done(page, title="The hedge", day_choice="today", time="2 pm", helpers="2")
    assert "For when Today, Saturday 21 November, 14:00" in page

    for browser, name in ((ada, "Ada Lamont"), (linus, "Linus Baxter")):
        page = press(browser, press(browser, browser.get(), "Find help or offer it"), "Requests")
        page = browser.done(press(browser, page, "The hedge"), "I can help with this")
        page = browser.done(browser.done(page), choice="60")
        assert "When Today, Saturday 21 November" in page
        browser.done(page)
        assert f"{name} offers to help you: The hedge" in grace.get()
        grace.done(press(grace, grace.get(), "Answer"), "Yes, that suits me")
        assert f"{name} agreed to help today." in grace.get()
    assert "The hedge" not in as_(village.mary).get("listings?kind=request").links
    assert "All helpers are found" in grace.get("my-listings")

    for browser in (ada, linus):
        page = press(browser, browser.get(), "You help Grace Okafor: The hedge")
        page = browser.done(page, "It has happened: record it")
        browser.done(browser.done(page, choice="today"))
        grace.done(press(grace, grace.get(), "Check and confirm"))
    page = grace.get()
    assert "Ada Lamont helped today." in page
    assert "Linus Baxter helped today." in page
    assert [books.balance(one) for one in (village.ada, village.linus, village.grace)] == [60, 60, -120]
    assert books.are_right()


def test_who_rings_is_written_down_in_one_form_and_asked_again_when_nobody_came(as_, village, books, clock):
    books.open_categories()
    rosa, grace = as_(village.rosa), as_(village.grace)
    member_page = press(rosa, rosa.get("members?words=Grace"), "Grace Okafor")
    page = press(rosa, press(rosa, member_page, "Write down a request"), "Company for a walk")
    page = rosa.done(page, day_choice="tomorrow", how="phone", evidence="rang at 9:10")
    assert "Rosa Lindsay wrote it down for Grace Okafor, by phone. rang at 9:10" in page
    assert "What you asked for Company for a walk Tomorrow, Sunday 22 November" in grace.get()
    clock.move_to(NOW + timedelta(days=3))
    page = grace.get()
    assert "Nobody could be found for Sunday. Ask again?" in page
    grace.done(press(grace, page, "Ask again"), day_choice="tomorrow")
    assert "Nobody has agreed yet" in grace.get()
    assert "Company for a walk" in as_(village.ada).get("listings?kind=request").links
    assert books.are_right()
