"""Spreadsheets of the audit: no cell runs, and a long one is read as it is sent."""

import pytest
from sqlalchemy import event

from tests.people import NOW, TODAY
from tests.web.audit.sheets import cells
from timebank import codes
from timebank.audit.exchanges import EXCHANGES_A_BATCH
from timebank.exchanges.models import Exchange
from timebank.interchange.cells import harmless
from timebank.web.extensions import db

STARTS = ("=", "+", "@", "\t", "\r", "\uff1d")
MANY = 2_000


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " =", "\uff1d"])
@pytest.mark.parametrize("sheet", ["exchanges", "entries", "balances", "late-entries"])
def test_no_words_and_no_name_run_as_a_formula(start, sheet, as_, village, books):
    eve = books.taken_in(f"{start}cmd|' /C calc'!A0", phone="+441632960444")
    books.confirmed(village.ada, eve, what=f"{start}1+1", day=TODAY.replace(day=1, month=10))
    rows = cells(as_(village.audrey).get(f"audit/{sheet}.csv"))[1:]
    found = [cell for row in rows for cell in row]
    assert harmless(eve.name) in found
    assert not [cell for cell in found if cell.lstrip(" ").startswith(STARTS)]
    assert not [cell for cell in found if cell.startswith("-") and not cell[1:].isdigit()]


def test_a_balance_below_zero_stays_a_number(as_, village, books):
    books.confirmed(village.ada, village.grace, minutes=90)
    rows = cells(as_(village.audrey).get("audit/balances.csv?which=below"))
    assert [row[2] for row in rows[1:]] == ["-90"]


@pytest.fixture
def many(books):
    """Two thousand exchanges that wait, written at once."""
    village = books.village
    with books.backend.session() as session:
        session.add_all(
            Exchange(
                bank_id=village.angus.id,
                id=number,
                code=codes.new_reference(),
                giver_account_id=village.ada.account_id,
                receiver_account_id=village.grace.account_id,
                state="recorded",
                what=f"Walk {number}",
                what_folded=f"walk {number}",
                recorded_side="giver",
                occurred_on=TODAY,
                minutes=15,
                changed_at=NOW,
            )
            for number in range(1, MANY + 1)
        )
        session.commit()
    return MANY


@pytest.fixture
def asked(app):
    """What the database is asked for exchanges."""
    found = []

    def note(_connection, _cursor, statement, *_rest):
        if "FROM exchange" in statement and "LIMIT" in statement:
            found.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


def test_a_long_sheet_is_read_a_batch_at_a_time_as_it_is_sent(as_, village, many, asked):
    answer = as_(village.audrey).client.get("/angus/audit/exchanges.csv", buffered=False)
    pieces = answer.iter_encoded()
    assert next(pieces).count(b"\n") < EXCHANGES_A_BATCH
    assert len(asked) == 1
    rest = b"".join(pieces)
    assert len(asked) == 2
    assert rest.count(b"\n") > MANY - EXCHANGES_A_BATCH
    answer.close()


def test_two_thousand_exchanges_are_counted_exactly_and_all_sent(as_, village, many, books):
    audrey = as_(village.audrey)
    page = audrey.get("audit/exchanges")
    assert "2,000 exchanges" in page
    assert "Hours that wait 500 h" in page
    rows = cells(audrey.get("audit/exchanges.csv"))[1:]
    assert len(rows) == len({row[1] for row in rows}) == MANY
    assert [rows[0][5], rows[-1][5]] == ["Walk 2000", "Walk 1"]
    assert books.ask("SELECT count(*) FROM exchange") == [(MANY,)]
