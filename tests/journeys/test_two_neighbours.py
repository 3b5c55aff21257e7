"""Whole ways through the site, every step by a link or form that a page shows."""

from tests.journeys.steps import press
from tests.web.exchanges.deciding import checked
from tests.web.statement.lines import read_lines, read_totals


def test_two_neighbours_exchange_an_hour(as_, village, books):
    ada, grace = as_(village.ada), as_(village.grace)
    page = press(ada, ada.get(), "I gave help")
    page = ada.done(page, words="Grace")
    page = ada.done(page, what="Gardening")
    page = ada.done(page, choice="yesterday")
    page = ada.done(page, choice="60")
    assert "Who gave Ada Lamont (you)" in page
    sent = ada.done(page)
    assert "No hours have moved yet. Grace is asked if this is right." in sent
    assert "Help given to Grace Okafor: Gardening" in press(ada, sent, "My hours")
    assert books.balance(village.ada) == 0

    home = grace.get()
    assert "Ada Lamont says you received 1 hour of help." in home
    check = press(grace, home, "Check and confirm")
    assert "Your hours after 1 hour below zero" in check
    confirmed = grace.done(check)
    reference = confirmed.words.partition("Your reference: ")[2].split()[0]

    for browser, actor, minutes in ((ada, village.ada, 60), (grace, village.grace, -60)):
        page = press(browser, browser.get(), "My hours")
        assert [(line.minutes, line.balance) for line in read_lines(page)] == [(minutes, minutes)]
        totals = read_totals(page)
        assert totals["Given"] - totals["Received"] + totals["Welcome hours and other"] == minutes
        assert books.balance(actor) == minutes
        assert "Waiting, not in the balance yet" not in page
        shown = browser.get(next(link for name, link in page.links.items() if name.startswith("Help ")))
        assert f"Reference {reference}" in shown
        assert "Ada Lamont recorded it" in shown
        assert "Grace Okafor confirmed it" in shown
    assert "That is fine: give a hand when you can." in grace.get()
    assert books.count("entry") == 1
    assert books.are_right()


def test_help_is_agreed_beforehand_then_recorded_then_confirmed(as_, village, books):
    ada, grace = as_(village.ada), as_(village.grace)
    page = press(grace, grace.get(), "Ask somebody for help")
    page = grace.done(page, words="Ada")
    page = grace.done(page, what="A lift to the clinic")
    page = grace.done(page, choice="today")
    page = grace.done(page, choice="60")
    assert "Who gives Ada Lamont" in page
    assert "Next: the other side says yes or no." in grace.done(page)

    page = ada.get()
    assert "Grace Okafor asks for your help: A lift to the clinic" in page
    ada.done(press(ada, page, "Answer"), "Yes, that suits me")
    assert "You help Grace Okafor: A lift to the clinic" in ada.get()
    assert "Ada Lamont helps you: A lift to the clinic" in grace.get()
    assert books.count("entry") == 0

    page = press(ada, ada.get(), "You help Grace Okafor: A lift to the clinic")
    page = ada.done(page, "It has happened: record it")
    page = ada.done(page, choice="today")
    page = ada.done(press(ada, page, "Change How long"), choice="90", how_long="")
    assert "No hours have moved yet." in ada.done(page)

    page = press(grace, grace.get(), "Check and confirm")
    assert "Agreed beforehand about 1 hour" in page
    assert "How long 1 hour 30 minutes" in page
    grace.done(page)
    made = books.only_exchange()
    assert [deed for deed, _by in books.steps(made.code)] == ["propose", "accept", "record", "confirm"]
    assert (books.balance(village.ada), books.balance(village.grace)) == (90, -90)
    assert books.are_right()


def test_what_two_see_differently_is_decided_by_a_broker(as_, village, books):
    grace, rosa = as_(village.grace), as_(village.rosa)
    books.recorded(village.ada, village.grace, what="Hedge cutting", minutes=120)
    page = press(grace, grace.get(), "That is not right")
    page = grace.done(page, words="It was only an hour", how_long="1 h")
    assert "Either of you can agree, or a broker looks at it with you." in page
    assert books.count("entry") == 0

    page = press(rosa, press(rosa, rosa.get(), "Desk"), "Hedge cutting")
    assert "“It was only an hour”" in page
    page = checked(rosa, press(rosa, page, "Decide"), how_long="90 min", reason="You met in the middle")
    page = rosa.done(page)
    assert "Decided" in page.title
    for actor, minutes in ((village.ada, 90), (village.grace, -90)):
        browser = as_(actor)
        page = press(browser, browser.get(), "My hours")
        assert read_lines(page)[0].balance == minutes == books.balance(actor)
        page = browser.get(next(link for name, link in page.links.items() if name.startswith("Help ")))
        assert "“You met in the middle”" in page
    assert "Nothing: everybody agrees." in press(rosa, rosa.get(), "Desk")
    assert books.are_right()


def test_what_was_written_down_twice_is_taken_back_and_stays_readable(as_, village, books):
    mary, tom, ada = as_(village.mary), as_(village.tom), as_(village.ada)
    books.confirmed(village.ada, village.grace, what="Dog walk", minutes=45)
    books.confirmed(village.ada, village.grace, what="Dog walk again", minutes=45)
    page = press(mary, press(mary, mary.get(), "Exchanges"), "Dog walk again")
    page = mary.done(press(mary, page, "Take this back"), reason="It is the same walk")
    assert not page.has_button("Approve")
    assert "A coordinator asks to take back: Dog walk again, 45 minutes" in ada.get()

    page = press(tom, press(tom, tom.get("desk"), "Desk"), "Dog walk again")
    assert "The hours were taken back with a new line." in tom.done(page, "Approve")

    page = press(ada, ada.get(), "My hours")
    assert [line.balance for line in read_lines(page)] == [45, 90, 45]
    totals = read_totals(page)
    assert (totals["Given"], totals["Received"]) == (45, 0)
    shown = press(ada, page, "Taken back")
    assert "Dog walk again" in shown.title
    assert "It is the same walk" in shown
    assert (books.balance(village.ada), books.balance(village.grace)) == (45, -45)
    assert books.are_right()


def test_a_member_without_an_e_mail_comes_in_with_a_printed_code_and_confirms(as_, village, books):
    rosa = as_(village.rosa)
    page = press(rosa, press(rosa, rosa.get(), "Members"), "Write down an application")
    page = rosa.done(page, name="Sam Reid", phone="01632 960 321", email="", is_adult="y", how="phone")
    page = rosa.done(page, "We have talked", words="Mends lamps")
    for referee in ("Jean Shaw", "Bill Kerr"):
        page = rosa.done(page, "Keep this reference", referee=referee, words="A neighbour")
    page = rosa.done(rosa.done(page, "They know how it works"), "Take in")
    paper = rosa.done(page, "Make a sign-in code").words
    code = paper.partition("Type this code: ")[2].split()[0]
    number = paper.partition("Your member number: ")[2].split()[0]
    sam = books.member_called("Sam Reid")
    books.recorded(village.ada, sam, what="Lamp mended", minutes=30)

    browser = as_(None)
    page = press(browser, browser.follow(browser.get()), "I have a sign-in code")
    page = browser.done(page, code=code.lower())
    page = browser.done(page, password="two-yellow-barns")
    page = press(browser, page, "Home")
    assert "Hello, Sam" in page
    browser.done(press(browser, page, "Check and confirm"))
    assert (books.balance(village.ada), books.balance(sam)) == (30, -30)

    browser.done(browser.get(), "Sign out")
    page = browser.done(browser.get("sign-in"), who=number, password="two-yellow-barns")
    assert "Hello, Sam" in page
    again = as_(None)
    assert "This code does not work" in again.submit(again.get("sign-in/code"), code=code)
    assert books.are_right()


def test_a_request_is_listed_found_answered_and_the_hours_go_to_who_helped(as_, village, books):
    books.open_categories()
    ada, grace = as_(village.ada), as_(village.grace)
    page = press(grace, press(grace, grace.get(), "Find help or offer it"), "My offers and requests")
    page = grace.done(press(grace, page, "List a request"), title="Walks for Biscuit", kind1="outdoors/dog-walking")
    assert "It is listed now." in page

    page = press(ada, press(ada, ada.get(), "Offers and requests"), "Requests")
    page = ada.done(press(ada, page, "Walks for Biscuit"), "I can help with this")
    page = ada.done(ada.done(page), choice="today")
    page = ada.done(page, choice="60")
    assert "Who gives Ada Lamont (you)" in page
    ada.done(page)

    page = press(grace, grace.get(), "Answer")
    grace.done(page, "Yes, that suits me")
    page = press(ada, ada.get(), "You help Grace Okafor: Walks for Biscuit")
    ada.done(ada.done(ada.done(page, "It has happened: record it"), choice="today"))
    grace.done(press(grace, grace.get(), "Check and confirm"))
    assert (books.balance(village.ada), books.balance(village.grace)) == (60, -60)
    page = press(ada, ada.get(), "My hours")
    assert [line.minutes for line in read_lines(page)] == [60]
    assert books.are_right()
