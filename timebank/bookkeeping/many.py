"""Many entries at once, such as the history of years: the same entries, digests and posting as one by one.

Each batch is one statement for the database, which then takes all locks in one order and writes all postings in one
go. On PostgreSQL that is COPY. SQLite is given the rows beside the books first: told them one by one, it would keep
ready to undo every page that each of them touches.
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
    """Write entries in this order, each as `actions.post` writes one.

    None of their keys may be taken yet. Raises KeyTakenError, FloorReachedError and the ledger's other refusals; then
    roll back.
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
    write = _copy if postgresql else _write_beside_first
    with refusals_named():
        if write(session, "entry", rows) != len(rows):
            raise KeyTakenError(key=entries[0].key)
        if memos:
            write(session, "memo", memos)


def _copy(session: Session, table: str, rows: Sequence[Values]) -> int:
    """Give the rows to PostgreSQL; tells how many went in. A key that is taken refuses them all."""
    try:
        return driver.copy(session, table, _COLUMNS[table], rows)
    except DBAPIError as error:
        if getattr(getattr(error.orig, "diag", None), "constraint_name", None) == _KEY_IS_UNIQUE:
            return 0
        raise


def _write_beside_first(session: Session, table: str, rows: Sequence[Values]) -> int:
    """Give the rows to SQLite; tells how many went in. A key that is taken is left aside."""
    columns, beside = _COLUMNS[table], f"temp.new_{table}"
    driver.run(session, f"CREATE TEMP TABLE IF NOT EXISTS new_{table} ({columns})", ())
    places = ", ".join("?" * len(rows[0]))
    driver.write_each(session, f"INSERT INTO {beside} VALUES ({places})", rows)  # noqa: S608 (names of our own)
    written = driver.run(session, f"INSERT INTO main.{table} ({columns}) SELECT * FROM {beside} ORDER BY rowid", ())  # noqa: S608 (as above)
    driver.run(session, f"DELETE FROM {beside}", ())  # noqa: S608 (as above)
    return written
