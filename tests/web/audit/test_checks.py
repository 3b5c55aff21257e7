"""Every check of the books that was ever made, and what each of them found."""

from datetime import timedelta

import pytest

from tests.people import NOW
from timebank.audit.queries import CHECKS_A_PAGE
from timebank.ledger.checks import CheckResult, Finding

READERS = ("mary", "tom", "audrey")
RIGHT = CheckResult("sum_is_zero", 1234, "accounts")
WRONG = CheckResult("entries_as_written", 20, "entries", (Finding("entry", "7/9", "it was changed"),), 3)


@pytest.mark.parametrize("name", READERS)
def test_each_check_says_when_what_came_of_it_how_many_rows_and_how_long(name, as_, village, books):
    books.checked(RIGHT, WRONG, now=NOW - timedelta(days=1))
    books.checked(RIGHT)
    page = as_(getattr(village, name)).get("audit/checks")
    assert page.title.startswith("All checks of the books")
    assert "right 21 Nov, 10:00 1,234 rows looked at. It took less than a second." in page
    assert "wrong 20 Nov, 10:00 1,254 rows looked at." in page
    assert "Asked by the command check-books" in page
    assert page.words.index("right 21 Nov") < page.words.index("wrong 20 Nov")


def test_who_pressed_the_button_is_named(as_, village, books, works):
    browser = as_(village.audrey)
    browser.done(browser.get("audit/checks"), "Check now")
    works()
    assert "Asked by Audrey Keir" in as_(village.mary).get("audit/checks")
    assert "Asked by Audrey Keir" in as_(village.mary).get("audit/checks/1")
    assert books.are_right()


def test_each_check_opens_what_it_found_without_its_rows(as_, village, books):
    books.checked(RIGHT, now=NOW - timedelta(days=1))
    books.checked(RIGHT, WRONG)
    browser = as_(village.mary)
    assert {"/angus/audit/checks/1", "/angus/audit/checks/2"} <= set(browser.get("audit/checks").links.values())
    page = browser.get("audit/checks/2")
    assert "No entry was changed 20 entries 3 rows are wrong" in page
    assert "All accounts together come to nothing 1,234 accounts right" in page
    assert "7/9" not in page.html
    assert "3 rows are wrong" not in browser.get("audit/checks/1")


def test_a_check_that_was_never_made_is_missing(as_, village, books):
    books.checked(RIGHT)
    for number in ("0", "2", "9" * 30, "x", "-1"):
        assert as_(village.mary).get(f"audit/checks/{number}").status == 404


def test_before_the_first_check_there_is_none(as_, village):
    assert "Nobody has checked yet." in as_(village.mary).get("audit/checks")


def test_there_are_so_many_a_page(as_, village, books):
    for minutes in range(CHECKS_A_PAGE + 1):
        books.checked(RIGHT, now=NOW - timedelta(minutes=minutes))
    browser = as_(village.mary)
    first = browser.get("audit/checks")
    assert first.html.count("rows looked at") == CHECKS_A_PAGE
    assert browser.get(first.links["Next page"]).html.count("rows looked at") == 1
    assert browser.get(f"audit/checks?page={'9' * 30}").html.count("rows looked at") == 0


def test_the_first_page_of_the_audit_leads_to_all_of_them(as_, village, books):
    books.checked(RIGHT)
    links = as_(village.mary).get("audit").links
    assert links["All checks"] == "/angus/audit/checks"
    assert links["21 Nov, 10:00"] == "/angus/audit/checks/1"


@pytest.mark.parametrize("path", ["audit/checks", "audit/checks/1"])
def test_only_those_who_audit_see_them(path, as_, village, books):
    books.checked(RIGHT)
    assert as_(village.perdita).get(f"/angus/{path}").status == 404
    assert [as_(getattr(village, name)).get(path).status for name in ("ada", "rosa")] == [403, 403]
    assert as_(None).get(path).to.startswith("/angus/sign-in")
