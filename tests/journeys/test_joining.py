"""Two ways into the time bank: by telephone without a computer, and online; and what the first weeks bring."""

import pytest

from tests.journeys.steps import answer_all, link_to, press, sign_in_with_paper, taken_in
from tests.web.statement.lines import read_lines, read_totals


@pytest.fixture
def welcome_hours(as_, village):
    """A coordinator opens the list of kinds of help, and says that newcomers get two hours."""
    mary = as_(village.mary)
    page = press(mary, mary.get(), "The rules of this time bank")
    mary.done(press(mary, page, "Change the rules"), welcome="2 hours")
    mary.done(mary.get("categories"), "Start with the usual list")


def welcome(mary, name):
    """A second keeper looks at whom Rosa alone took in, and gives the welcome hours."""
    page = press(mary, press(mary, mary.get(), "Desk"), f"Welcome hours for {name}")
    assert f"{name} has the welcome hours now." in mary.done(page, "I have looked: give the hours")


@pytest.mark.usefixtures("welcome_hours")
def test_somebody_without_a_computer_joins_and_sees_hours_from_the_pot(as_, village, books):
    rosa = as_(village.rosa)
    page = press(rosa, press(rosa, rosa.get(), "Members"), "Write down an application")
    page = rosa.done(page, name="Sam Reid", phone="01632 960 321", email="", is_adult="y", how="paper")
    assert "Next: talk with Sam" in page
    assert "One application waits" in press(rosa, page, "Desk").links
    paper = taken_in(rosa, page)
    assert "Your member number: " in paper
    assert "One application waits" not in press(rosa, rosa.get(), "Desk").links
    welcome(as_(village.mary), "Sam Reid")

    sam = as_(None)
    home = sign_in_with_paper(sam, paper)
    assert "Hello, Sam" in home
    assert "2 hours" in home
    page = press(sam, home, "My hours")
    assert [(line.minutes, line.balance) for line in read_lines(page)] == [(120, 120)]
    assert read_totals(page) == {"Given": 0, "Received": 0, "Welcome hours and other": 120}
    mary = as_(village.mary)
    assert "The community pot \u22122 h" in press(mary, mary.get(), "Audit")
    pot = mary.get("audit/pot")
    assert "Welcome hours with Sam Reid" in pot
    assert books.balance(books.member_called("Sam Reid")) == 120
    assert books.are_right()


@pytest.fixture
def nell(welcome_hours, as_, village):
    """Nell applied online and was taken in; she lets her phone be seen, and is at home."""
    browser, rosa = as_(None), as_(village.rosa)
    page = press(browser, browser.get("/"), "Join Angus Time Bank")
    page = browser.done(page, name="Nell Brodie", phone="01632 960 777", is_adult="y", agrees="y")
    reference = page.words.partition("Your reference: ")[2].split()[0]
    page = press(rosa, press(rosa, press(rosa, rosa.get(), "Desk"), "One application waits"), "Nell Brodie")
    assert reference in page
    page = press(browser, sign_in_with_paper(browser, taken_in(rosa, page)), "About me")
    browser.done(page, "Keep these changes", shows_phone="y")
    welcome(as_(village.mary), "Nell Brodie")
    return browser


def test_a_neighbour_joins_online_asks_and_is_helped(nell, as_, village, books):
    page = press(nell, press(nell, nell.get(), "Find help or offer it"), "My offers and requests")
    nell.done(press(nell, page, "List an offer"), title="Lamps mended", kind1="home/cleaning")
    nell.done(nell.get("my-listings/new/request"), title="Walks for Biscuit", kind1="outdoors/dog-walking")
    grace = as_(village.grace)
    page = press(grace, press(grace, grace.get(), "Offers and requests"), "Requests")
    page = grace.done(press(grace, page, "Walks for Biscuit"), "I can help with this")
    page = answer_all(grace, page, what="", minutes=60, travel="20 min", preparation="", how_long="")
    assert "Who gives Grace Okafor (you) Who receives Nell Brodie" in page
    assert "Travel 20 minutes" in page
    assert "Together 1 hour 30 minutes" in page
    assert "960777" not in grace.done(page).words.replace(" ", "")

    page = press(nell, nell.get(), "Answer")
    assert "Travel in it 20 minutes" in page
    assert "How to reach Grace" in nell.done(page, "Yes, that suits me")
    page = press(grace, grace.get(), "You help Nell Brodie: Walks for Biscuit")
    assert "How to reach Nell +441632960777" in page
    sent = grace.done(grace.done(grace.done(page, "It has happened: record it"), choice="today"))
    assert "No hours have moved yet." in sent

    confirmed = nell.done(press(nell, nell.get(), "Check and confirm"))
    assert "Confirmed" in confirmed.title
    page = nell.get(link_to(press(nell, nell.get(), "My hours"), "Help received"))
    assert "+441632960777" not in as_(village.grace).get(page.path)
    assert "Your thanks are sent." in nell.done(page, "Send thanks", words="Biscuit slept all evening.")
    assert "Biscuit slept all evening. Thank you from Nell Brodie" in grace.get()
    for browser, minutes, other in ((grace, 90, 0), (nell, -90, 120)):
        page = press(browser, browser.get(), "My hours")
        totals = read_totals(page)
        assert totals["Given"] - totals["Received"] == minutes
        assert totals["Welcome hours and other"] == other
        assert read_lines(page)[0].balance == sum(line.minutes for line in read_lines(page)) == minutes + other
    assert books.balance(village.grace) == 90
    assert books.are_right()
