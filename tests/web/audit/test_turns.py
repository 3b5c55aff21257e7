"""Checking and exporting the books of a bank: once at a time, and kindly said to whoever comes second."""

from contextlib import closing
from itertools import count, islice

import pytest
from flask import g

from tests.people import NOW
from timebank.banks.models import Bank
from timebank.turns import LongReading, take
from timebank.web.spreadsheet import send_in_turn
from timebank.web.turns import BeingExportedError

EXPORTS = (
    "audit/entries.csv",
    "audit/late-entries.csv",
    "audit/exchanges.csv",
    "audit/balances.csv",
    "audit/beyond-limits.csv",
)
BUSY = "A spreadsheet of the books is being made already, since 10:00. Try again when that one is saved."


@pytest.mark.parametrize("path", EXPORTS)
def test_a_second_export_is_refused_until_the_first_is_saved(as_, village, backend, path):
    audrey = as_(village.audrey)
    with closing(take(backend.engine, LongReading.EXPORT, village.angus.id, now=NOW)):
        page = audrey.get(path)
        assert page.status == 400
        assert BUSY in page
    for _time in range(2):
        assert audrey.get(path).answer.mimetype == "text/csv"


@pytest.fixture
def sheet(app, backend, village):
    """`sheet()` is the response of a sheet that goes on for ever, of which nothing was read yet."""
    with app.test_request_context("/angus/audit/entries.csv"), backend.session() as session:
        g.bank = session.get_one(Bank, village.angus.id)
        yield lambda: send_in_turn("long.csv", ([number] for number in count()))


@pytest.mark.parametrize("pieces", [0, 1, 3])
def test_a_turn_ends_where_the_reader_hangs_up(sheet, pieces):
    first = sheet()
    body = first.iter_encoded()
    assert len(list(islice(body, pieces))) == pieces
    with pytest.raises(BeingExportedError):
        sheet()
    body.close()
    first.close()
    sheet().close()


def test_ones_own_hours_and_other_banks_take_no_turn(as_, village, backend, books):
    with closing(take(backend.engine, LongReading.EXPORT, village.angus.id, now=NOW)):
        assert as_(village.ada).get("hours.csv").status == 200
        assert as_(village.mary).get("audit/entries.csv").status == 400
    with closing(take(backend.engine, LongReading.EXPORT, village.perth.id, now=NOW)):
        assert as_(village.mary).get("audit/entries.csv").status == 200


def test_a_check_waits_while_somebody_else_checks_and_is_done_after(as_, village, backend, books, works):
    audrey = as_(village.audrey)
    page = audrey.done(audrey.get("audit"), "Check now")
    with closing(take(backend.engine, LongReading.CHECK, 0, now=NOW)):
        assert works()["put_off"] == 1
        assert "Waits" in audrey.get(page.path)
    assert books.count("books_check") == 0
    assert works()["done"] == 1
    assert "The books were checked, and everything is right." in audrey.get(page.path)
    assert books.count("books_check") == 1
