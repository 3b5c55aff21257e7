"""Tables that a later step writes anew keep every row, and what points to them still finds it."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.migrations.test_data import ADA, BOOK_TABLES, GRACE, MARY, NOW, _join, _moment, first_books
from timebank.migrations import run

assert first_books
EXCHANGE = 701
REWRITTEN = ("bank", "membership", "draft", "exchange", "exchange_step")
LEARNT = {
    "bank": {"soft_low": -600, "soft_high": 1200, "references_needed": 2, "review_months": 6, "phone_country": "GB"},
    "membership": {"area_id": None, "shows_phone": False, "shows_email": False, "is_holder": False},
    "draft": {"listing_id": None, "travel_minutes": None, "preparation_minutes": None},
    "exchange": {"listing_id": None, "category_id": None, "travel_minutes": 0, "preparation_minutes": 0},
    "exchange_step": {"on_behalf_of": None, "how": None, "evidence": None},
}


def _rows(scratch, tables=REWRITTEN):
    """{table: {column: value} of each row}, in an order that does not hang on the new columns."""
    with scratch.owner.connect() as connection:
        return {
            table: sorted((dict(row._mapping) for row in connection.execute(text(f"SELECT * FROM {table}"))), key=str)
            for table in tables
        }


@pytest.fixture
def second_books(request, scratch):
    """Books and exchanges as the second step left them."""
    books = request.getfixturevalue("first_books")
    run.upgrade(scratch.owner, "0002")
    at = {"at": _moment(scratch), "day": NOW.date() if scratch.name == "postgresql" else "2026-11-21"}
    with scratch.owner.begin() as connection:
        for statement in (
            (
                "INSERT INTO exchange (bank_id, id, code, giver_account_id, receiver_account_id, state, what,"
                " recorded_side, occurred_on, minutes, changed_at)"
                f" VALUES (1, {EXCHANGE}, 'E7M3Q2XZ', {ADA}, {GRACE}, 'recorded', 'Gardening', 'giver', :day, 60, :at)"
            ),
            (
                "INSERT INTO exchange_step (bank_id, exchange_id, number, deed, done_by, done_at, minutes)"
                f" VALUES (1, {EXCHANGE}, 1, 'record', {ADA}, :at, 60)"
            ),
            (
                "INSERT INTO reversal (bank_id, id, code, exchange_id, reason, proposed_by, proposed_at)"
                f" VALUES (1, 801, 'R7M3Q2XZ', {EXCHANGE}, 'Twice', {MARY}, :at)"
            ),
            (
                "INSERT INTO draft (bank_id, code, member_id, purpose, side, exchange_id, started_at)"
                f" VALUES (1, 'D7M3Q2XZ', {GRACE}, 'record', 'receiver', {EXCHANGE}, :at)"
            ),
            (
                "INSERT INTO membership_role (bank_id, membership_id, role, granted_at)"
                f" VALUES (1, {ADA}, 'member', :at)"
            ),
        ):
            connection.execute(text(statement), at)
    return books


def _plain(value):
    return bool(value) if value in (0, 1) and not isinstance(value, bool) else value


def test_every_row_is_kept_and_learns_its_defaults(second_books):
    before = _rows(second_books)
    run.upgrade(second_books.owner, "0004")
    after = _rows(second_books)
    for table, rows in before.items():
        assert len(after[table]) == len(rows) > 0
        for old, new in zip(rows, after[table], strict=True):
            assert {name: new[name] for name in old} == old
            assert {name: _plain(new[name]) for name in LEARNT[table]} == {
                name: _plain(value) for name, value in LEARNT[table].items()
            }


def test_nothing_else_is_touched(second_books):
    others = (*BOOK_TABLES, "trail", "reversal", "membership_role", "person")
    before = _rows(second_books, others)
    run.upgrade(second_books.owner)
    after = _rows(second_books, others)
    for table, rows in before.items():
        kept = [{name: new[name] for name in rows[0]} for new in after[table]] if rows else []
        told_since = [row for row in kept if table == "trail" and row["deed"] == "books.before"]
        assert [row for row in kept if row not in told_since] == rows, table


def test_the_way_back_leaves_the_rows_as_they_were(second_books):
    before = _rows(second_books)
    run.upgrade(second_books.owner, "0004")
    run.downgrade(second_books.owner, "0002")
    assert _rows(second_books) == before


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE membership SET area_id = 5 WHERE id = {ADA}",
        f"UPDATE exchange SET listing_id = 5 WHERE id = {EXCHANGE}",
        f"UPDATE exchange SET category_id = 5 WHERE id = {EXCHANGE}",
        f"UPDATE exchange SET travel_minutes = 601 WHERE id = {EXCHANGE}",
        f"UPDATE exchange SET minutes = 1441 WHERE id = {EXCHANGE}",
        f"UPDATE exchange SET state = 'lost' WHERE id = {EXCHANGE}",
        f"UPDATE exchange_step SET on_behalf_of = {GRACE}",
        "UPDATE exchange_step SET how = 'phone'",
        "UPDATE exchange_step SET on_behalf_of = 5, how = 'phone'",
        "UPDATE draft SET listing_id = 5",
        "UPDATE draft SET exchange_id = 5",
        "UPDATE bank SET soft_low = 1",
        f"UPDATE exchange SET giver_account_id = {GRACE} WHERE id = {EXCHANGE}",
        f"DELETE FROM membership WHERE id = {ADA}",
    ],
)
def test_old_and_new_constraints_hold_afterwards(second_books, statement):
    run.upgrade(second_books.owner)
    with pytest.raises(IntegrityError), second_books.owner.begin() as connection:
        connection.execute(text(statement))


def test_a_row_that_points_nowhere_stops_the_steps_and_nothing_is_kept(sqlite_scratch):
    run.upgrade(sqlite_scratch.owner, "0002")
    with sqlite_scratch.owner.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA foreign_keys = OFF")
        with connection.begin():
            row = {"account": 11, "number": 101, "at": _moment(sqlite_scratch)}
            _join(connection, row, sqlite_scratch)  # its account and its bank are missing
        connection.connection.driver_connection.execute("PRAGMA foreign_keys = ON")
    tables = sqlite_scratch.tables()
    with pytest.raises(run.BrokenKeysError):
        run.upgrade(sqlite_scratch.owner)
    assert sqlite_scratch.tables() == tables


def test_foreign_keys_are_asked_again_after_the_steps(sqlite_scratch):
    run.upgrade(sqlite_scratch.owner)
    with sqlite_scratch.owner.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
