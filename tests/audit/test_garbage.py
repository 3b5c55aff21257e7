"""Whatever stands in a row, each check has its result, and the row is named.

The books are without guards and constraints here, as for somebody who owns the database.
"""

import logging

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from timebank.audit.checks import ALL_CHECKS, check_books
from timebank.db import Base
from timebank.ledger.checks import Verdict

#: Guards and keys are down in these books, and have tests of their own.
CHECKS = [
    check
    for check in ALL_CHECKS
    if check.__name__ not in {"guards_as_made", "rights_as_granted", "keys_have_their_rows"}
]
#: {table and column: (values on SQLite, values on PostgreSQL)}
GARBAGE = {
    "account.balance": (["9223372036854775807", "'x'", "1.5", "NULL"], ["9223372036854775807", "NULL"]),
    "account.held": (["-9223372036854775808"], ["-9223372036854775808"]),
    "account.opened_at": (["NULL", "x'ff'", "'soon'"], ["NULL", "'-infinity'::timestamptz", "'0044-03-15 BC'::date"]),
    "account_holder.digest": (["'x'", "NULL", "9223372036854775807"], ["NULL"]),
    "account_holder.number": (["x'ff'", "'x'", "NULL"], ["NULL", "9223372036854775807"]),
    "entry.bank_id": (["'x'", "NULL"], ["NULL"]),
    "entry.id": (["'abc'", "1.5", "x'01'", "-5"], ["NULL", "-5"]),
    "entry.lines": (["x'ff'", "NULL"], ["NULL"]),
    "entry.occurred_on": (["NULL", "'2026-13-01'"], ["NULL"]),
    "entry.recorded_at": (["NULL", "'2026-11-21T10:00:00.000000'"], ["NULL"]),
    "entry.words_digest": (["'x'", "5"], []),
    "hold.resolved_at": (["5", "'2001-01-01'"], ["'infinity'::timestamptz"]),
    "limit_change.reason": (["x'ff'", "NULL"], ["NULL"]),
    "limit_change.recorded_at": (["'never'"], ["'-infinity'::timestamptz"]),
    "limit_change.until": (["'soon'"], ["'infinity'::date"]),
    "memo.words": (["x'ff'"], []),
    "posting.minutes": (["-9223372036854775808", "'x'"], ["-9223372036854775808"]),
    "seal.signed_at": (["NULL", "5"], ["NULL", "'infinity'::timestamptz"]),
}
#: Values of the right type that only the table's own check can know to be wrong.
MALFORMED = {
    "lines = '[[1]]'": "entry",
    "lines = '[[1,2,3,4,5]]'": "entry",
    """lines = '[["a","b","c"]]'""": "entry",
    "lines = '[]'": "entry",
    "key = 'x'": "entry",
    "lines = '{}'": "entry",
    "lines = 'x'": "entry",
    "kind = 'GIFT'": "entry",
    "kind = 'Pot'": "account",
    "kind = 'x'": "leaf",
    "approved_by = NULL": "closing",
    "month = NULL": "closing",
}
CASES = [
    pytest.param(name, column, value, id=f"{name}-{column} = {value}")
    for column, values in GARBAGE.items()
    for name, of_database in zip(("sqlite", "postgresql"), values, strict=True)
    for value in of_database
]


def _edit(tampered, table, change, where=""):
    """Change the first row of a table; return its key as findings name it, and the edited row's."""
    keys = [column.name for column in Base.metadata.tables[table].primary_key.columns]
    key = ", ".join(keys)
    first = f"({key}) IN (SELECT {key} FROM {table} {where} ORDER BY {key} LIMIT 1)"
    before = tampered.connection.exec_driver_sql(f"SELECT {key} FROM {table} WHERE {first}").one()
    assert tampered.connection.exec_driver_sql(f"UPDATE {table} SET {change} WHERE {first}").rowcount == 1
    return "/".join(map(str, before))


def _results(tampered, caplog):
    caplog.set_level(logging.ERROR)
    results = tampered.results(CHECKS)
    assert [result.name for result in results] == [check.__name__ for check in CHECKS]
    return results


@pytest.mark.parametrize(("name", "column", "value"), CASES)
def test_whatever_stands_in_a_column_is_named(request, caplog, name, column, value):
    tampered = request.getfixturevalue(f"tampered_{name}")
    table, _dot, column_name = column.partition(".")
    with tampered.undone():
        key = _edit(
            tampered, table, f"{column_name} = {value}", "" if table != "closing" else "WHERE month IS NOT NULL"
        )
        (first, *_others) = _results(tampered, caplog)
    is_key = column_name in Base.metadata.tables[table].primary_key.columns
    assert [(finding.table, finding.problem) for finding in first.findings] == [
        (table, f"{column_name} cannot be right")
    ]
    assert is_key or first.findings[0].row == key


@pytest.mark.parametrize("change", MALFORMED)
def test_what_only_looks_right_is_named(tampered_sqlite, caplog, change):
    table = MALFORMED[change]
    with tampered_sqlite.undone():
        key = _edit(tampered_sqlite, table, change, "WHERE month IS NOT NULL" if table == "closing" else "")
        results = _results(tampered_sqlite, caplog)
    named = {(finding.table, finding.row) for result in results for finding in result.findings}
    assert (table, key) in named


def test_what_one_run_met_does_not_break_off_a_later_run(tampered_sqlite, caplog):
    """A value of another type decides nothing about the types of a statement that is kept for the next run."""
    with tampered_sqlite.undone():
        _edit(tampered_sqlite, "entry", "id = x'01'")
        _results(tampered_sqlite, caplog)
    with tampered_sqlite.undone():
        key = _edit(tampered_sqlite, "entry", "occurred_on = '2026-01-02'")
        results = {result.name: result for result in _results(tampered_sqlite, caplog)}
    assert [finding.row for finding in results["entries_as_written"].findings] == [key]


def test_a_text_that_is_no_text_breaks_no_check_off(tampered_sqlite, caplog):
    with tampered_sqlite.undone():
        _edit(tampered_sqlite, "memo", "words = CAST(x'ff' AS TEXT)")
        results = {result.name: result for result in _results(tampered_sqlite, caplog)}
    assert "Could not decode" in results["words_as_written"].findings[0].problem


def test_a_table_that_is_gone_breaks_no_check_off(tampered, caplog):
    """On PostgreSQL a failed statement ends the transaction, so the next check needs another."""
    with tampered.undone():
        tampered.connection.exec_driver_sql("DROP TABLE taken_back")
        wrong = {result.name for result in _results(tampered, caplog) if result.verdict is Verdict.WRONG}
    assert wrong == {"rows_can_be_read", "reversals_mirror", "exchanges_have_entries", "leavings_on_record"}


def test_a_database_that_does_not_answer_is_no_finding(backend, village):
    refusal = _refusal(backend)

    def locked(_session):
        raise refusal

    with backend.session() as session, pytest.raises(OperationalError):
        list(check_books(session, [locked]))


def _refusal(backend):
    """The error of a connection that waits for a lock in vain, of this database's driver."""
    arguments = {"timeout": 0} if backend.name == "sqlite" else {"options": "-c lock_timeout=10ms"}
    engine = create_engine(backend.owner.url, connect_args=arguments)
    lock = "BEGIN IMMEDIATE" if backend.name == "sqlite" else "LOCK TABLE person"
    with backend.owner.connect() as holder, engine.connect() as waiting:
        holder.exec_driver_sql("SELECT 1" if backend.name == "sqlite" else lock)
        with pytest.raises(OperationalError) as raised:
            waiting.exec_driver_sql(lock)
    engine.dispose()
    return raised.value


@pytest.fixture
def guardless(backend, village):
    """A connection of the owner on which foreign keys are not asked."""
    with backend.owner.connect() as connection:
        if backend.name == "sqlite":
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
        yield connection
        connection.rollback()
        connection.invalidate()


def test_a_person_who_is_gone_is_named_by_who_needs_them(backend, village, guardless):
    guardless.exec_driver_sql("DELETE FROM membership_role")
    person = guardless.exec_driver_sql(
        f"SELECT person_id FROM membership WHERE id = {village.ada.membership_id}"
    ).scalar_one()
    guardless.exec_driver_sql(f"DELETE FROM person WHERE id = {person}")
    guardless.commit()
    with backend.session() as session:
        (result,) = check_books(session, [check for check in ALL_CHECKS if check.__name__ == "keys_have_their_rows"])
    assert [(finding.table, finding.row, finding.problem) for finding in result.findings] == [
        ("membership", f"{village.angus.id}/{village.ada.membership_id}", "what it names in person_id is missing")
    ]
