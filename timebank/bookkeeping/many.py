"""Posting many entries at once, such as years of history. The rows are the same as when posted one by one.

Each batch is one statement, so that all locks are taken in one order and all postings are written in one go. On
PostgreSQL that is COPY. On SQLite rows go to a temp table first: row by row each INSERT would journal every page it
touches.
"""

from collections.abc import Sequence

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from timebank import driver
from timebank.bookkeeping.encoding import COLUMNS
from timebank.bookkeeping.entry_rows import NewEntry, Values, rows_of
from timebank.bookkeeping.refusals import refusals_named
from timebank.ledger.errors import KeyTakenError

_BATCH = 5_000
_COLUMNS = {
    "entry": ", ".join(COLUMNS),
    "memo": "bank_id, entry_id, words, salt",
}
_KEY_IS_UNIQUE = "uq_entry_bank_id_key"


def post_many(session: Session, entries: Sequence[NewEntry]) -> None:
    """Insert entries in this order, as `actions.post` would; not idempotent.

    Raises KeyTakenError if any key is in use, FloorReachedError or another LedgerError; then roll back.
    """
    for start in range(0, len(entries), _BATCH):
        _post_batch(session, entries[start : start + _BATCH])


def _post_batch(session: Session, entries: Sequence[NewEntry]) -> None:
    postgresql, books_key = session.get_bind().dialect.name == "postgresql", session.info["books_key"]
    rows, memos = list[Values](), list[Values]()
    for entry in entries:
        row, memo = rows_of(entry, books_key, postgresql=postgresql)
        rows.append(row)
        if memo is not None:
            memos.append(memo)
    write = _copy if postgresql else _insert_from_temp_table
    with refusals_named():
        if write(session, "entry", rows) != len(rows):
            raise KeyTakenError(key=entries[0].key)
        if memos:
            write(session, "memo", memos)


def _copy(session: Session, table: str, rows: Sequence[Values]) -> int:
    """Insert rows on PostgreSQL; return how many, 0 if a key is taken."""
    try:
        return driver.copy(session, table, _COLUMNS[table], rows)
    except DBAPIError as error:
        if getattr(getattr(error.orig, "diag", None), "constraint_name", None) == _KEY_IS_UNIQUE:
            return 0
        raise


def _insert_from_temp_table(session: Session, table: str, rows: Sequence[Values]) -> int:
    """Insert rows on SQLite; return how many. The trigger skips a row whose key is taken."""
    columns, temporary = _COLUMNS[table], f"temp.new_{table}"
    driver.run(session, f"CREATE TEMP TABLE IF NOT EXISTS new_{table} ({columns})", ())
    parameters = ", ".join("?" * len(rows[0]))
    driver.write_each(session, f"INSERT INTO {temporary} VALUES ({parameters})", rows)  # noqa: S608 (names of our own)
    written = driver.run(session, f"INSERT INTO main.{table} ({columns}) SELECT * FROM {temporary} ORDER BY rowid", ())  # noqa: S608 (as above)
    driver.run(session, f"DELETE FROM {temporary}", ())  # noqa: S608 (as above)
    return written
