"""Grace leaves, something is put right after she has gone, it is settled, and a year later she is back."""

from tests.journeys.steps import link_to, press
from tests.web.statement.lines import read_lines
from timebank.codes import spoken


def leaves(browser, page, yes, *, reason, **where):
    """From the first question, or from the second where there is nothing to ask, to what was done."""
    page = browser.done(page, **where) if where else page
    return browser.done(browser.submit(page, reason=reason), yes)


def test_somebody_leaves_is_settled_again_after_a_reversal_and_comes_back(as_, village, books):
    first = books.confirmed(village.grace, village.ada, minutes=120, what="Painted the fence")
    books.listed(village.grace)
    rosa, mary = as_(village.rosa), as_(village.mary)
    page = press(rosa, press(rosa, press(rosa, rosa.get(), "Members"), "Grace Okafor"), "Leaves the time bank")
    page = leaves(rosa, page, "Yes, Grace leaves", reason="Moves to Fife", words="Linus")
    assert "2 hours went to Linus Baxter." in page
    assert books.are_right()

    linus = as_(village.linus)
    page = press(linus, linus.get(), "My hours")
    assert "Left by Grace Okafor, who left the time bank" in page
    assert [(line.minutes, line.balance) for line in read_lines(page)] == [(120, 120)]
    assert "None at the moment." in mary.get("audit/left-with-hours")

    books.approved(books.reversal(first, by=village.clara), by=village.tom)
    assert books.are_right()
    page = mary.get("audit/left-with-hours")
    assert "Grace Okafor left" in page
    assert "\u22122 h" in page
    page = mary.follow(mary.get(link_to(page, "Settle the hours of Grace")))
    page = leaves(mary, page, "Yes, settle it", reason="It was Ada who painted")
    assert "2 hours below zero were taken over by the time bank." in page
    assert "Leaving with Grace Okafor “It was Ada who painted”" in mary.get("audit/leavers")
    assert "None at the moment." in mary.get("audit/left-with-hours")
    assert (books.balance(village.grace), books.balance(village.linus), books.balance(village.ada)) == (0, 120, 0)
    assert books.are_right()

    page = press(rosa, rosa.get(f"members/{spoken(village.grace.code)}"), "Change how they stand")
    rosa.done(page, standing="active", reason="Fife was too quiet")
    grace = as_(village.grace)
    assert "Hello, Grace" in grace.get()
    page = press(grace, grace.get(), "My hours")
    kinds = ("Taken over by the time bank on leaving", "Taken back", "Left to Linus Baxter on leaving", "Help given")
    assert [word for word in kinds if word in page] == list(kinds)
    code = books.recorded(village.grace, village.linus, minutes=45, what="Tea and a talk")
    linus.done(linus.get(f"exchanges/{code}/confirmation"))
    assert (books.balance(village.grace), books.balance(village.linus)) == (45, 75)
    assert books.are_right()
