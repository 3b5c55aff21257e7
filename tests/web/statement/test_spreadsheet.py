import csv
import io
from datetime import timedelta

import pytest
from werkzeug.http import parse_options_header

from tests.people import NOW
from timebank.codes import spoken

STARTS = ("=", "+", "-", "@", "\t", "\r", "\uff1d")


def _cells(page):
    assert page.answer.mimetype == "text/csv"
    return list(csv.reader(io.StringIO(page.html.removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_no_words_run_as_a_formula(start, as_, village, books):
    words = f'{start}HYPERLINK("https://evil.example","click")'
    books.confirmed(village.ada, village.grace, what=words)
    cells = _cells(as_(village.ada).get("hours.csv"))
    assert cells[1][3] == f"'{words}"
    assert not [cell for row in cells for cell in row if cell.startswith(STARTS)]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "\uff1d"])
def test_no_name_runs_as_a_formula(start, as_, village, books):
    eve = books.taken_in(f"{start}cmd|' /C calc'!A0", phone="+441632960444")
    books.confirmed(village.ada, eve)
    cells = _cells(as_(village.ada).get("hours.csv"))
    assert cells[1][4] == f"'{eve.name}"


def test_a_balance_below_zero_is_a_number_and_is_said_in_words_that_run_nothing(as_, village, books):
    books.confirmed(village.ada, village.grace, minutes=90)
    row = _cells(as_(village.grace).get("hours.csv"))[1]
    assert row[5:] == ["0", "90", "-90", "\u22121 h 30 min", ""]


def test_the_spreadsheet_adds_up_to_the_balance_oldest_first(as_, village, books):
    books.confirmed(village.ada, village.grace, now=NOW - timedelta(days=3), what="First", minutes=90)
    books.confirmed(village.grace, village.ada, what="Second", minutes=45)
    cells = _cells(as_(village.ada).get("hours.csv"))
    assert cells[0][:2] == ["Day", "Recorded on"]
    assert [row[3] for row in cells[1:]] == ["First", "Second"]
    assert [row[0] for row in cells[1:]] == ["2026-11-18", "2026-11-21"]
    assert sum(int(row[5]) - int(row[6]) for row in cells[1:]) == int(cells[-1][7]) == books.balance(village.ada)


def test_the_spreadsheet_holds_what_the_page_shows(as_, village, books):
    books.confirmed(village.ada, village.grace, what="First", minutes=90)
    books.confirmed(village.grace, village.ada, what="Second", minutes=45)
    browser = as_(village.ada)
    page = browser.get("hours?shows=received")
    cells = _cells(browser.get(page.links["Save as a spreadsheet"]))
    assert [row[3] for row in cells[1:]] == ["Second"]
    assert _cells(browser.get("hours.csv?month=2026-10"))[1:] == []


def test_a_broker_saves_a_members_statement_under_the_members_number(as_, village, books):
    books.confirmed(village.ada, village.grace)
    page = as_(village.rosa).get(f"members/{spoken(village.grace.code)}/hours.csv")
    disposition = parse_options_header(page.answer.headers["Content-Disposition"])
    assert disposition == ("attachment", {"filename": f"hours-{village.grace.number}.csv"})
    assert _cells(page)[1][4] == "Ada Lamont"
