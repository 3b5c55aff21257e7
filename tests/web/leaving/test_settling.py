"""Who left with hours on the account: before accounts were closed, or as something was taken back later."""

import pytest

from timebank.codes import spoken

YES = "Yes, settle it"


@pytest.fixture
def path(village):
    """Where Grace's leaving is settled."""
    return f"members/{spoken(village.grace.code)}/leaving"


def test_who_left_long_ago_is_settled_from_the_audits_list(as_, village, books):
    books.confirmed(village.grace, village.ada, minutes=90)
    books.stands(village.grace, "left")
    mary = as_(village.mary)
    page = mary.get("audit/left-with-hours")
    page = mary.get(page.links["Settle the hours of Grace Okafor"])
    assert page.title.startswith("Settle the hours of Grace Okafor")
    page = mary.submit(mary.done(page), reason="She rang and said so")
    assert "Check before you settle" in page.title
    assert "cannot sign in" not in page
    page = mary.done(page, YES)
    assert "1 hour 30 minutes went to the community pot." in page
    assert "None at the moment." in mary.get("audit/left-with-hours")
    assert books.count("standing_change") == 1
    assert books.are_right()


def test_the_members_page_says_so_and_leads_there(as_, village, books, path):
    books.confirmed(village.ada, village.grace, minutes=90)
    books.stands(village.grace, "left")
    member = path.removesuffix("/leaving")
    page = as_(village.rosa).get(member)
    assert "Grace has left, and these hours are still to be settled." in page
    assert page.links["Settle them"] == f"/angus/{path}"
    assert "Settle them" not in as_(village.audrey).get(member).links


def test_an_auditor_reads_the_list_and_settles_nothing(as_, village, books):
    books.confirmed(village.grace, village.ada, minutes=90)
    books.stands(village.grace, "left")
    page = as_(village.audrey).get("audit/left-with-hours")
    assert "Grace Okafor left Balance 1 h 30 min" in page
    assert not [words for words in page.links if words.startswith("Settle")]


def test_settling_twice_moves_hours_once(as_, village, books, path):
    books.confirmed(village.grace, village.ada, minutes=90)
    books.stands(village.grace, "left")
    rosa = as_(village.rosa)
    page = rosa.submit(rosa.done(rosa.get(path)), reason="Said so")
    assert [rosa.submit(page, YES).status for _ in range(2)] == [303, 303]
    assert books.count("closing") == 1
    assert books.are_right()


def test_who_came_back_meanwhile_does_not_leave_by_a_form_that_asked_for_something_else(as_, village, books, path):
    books.confirmed(village.grace, village.ada, minutes=90)
    books.stands(village.grace, "left")
    rosa = as_(village.rosa)
    page = rosa.submit(rosa.done(rosa.get(path)), reason="Said so")
    books.stands(village.grace, "active")
    page = rosa.submit(page, YES)
    assert "Check before Grace leaves" in page.title
    assert (books.balance(village.grace), books.count("closing")) == (90, 0)
