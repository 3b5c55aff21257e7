"""Many entries at once, such as the history of years: the same entries, digests and posting as one by one."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from timebank.bookkeeping.entry_rows import NewEntry, Values, rows_of
from timebank.bookkeeping.refusals import refusals_named
from timebank.ledger.errors import KeyTakenError

_BATCH = 5_000
#: On PostgreSQL one statement a batch: locks are taken in one order, and its trigger writes all postings in one go.
_ENTRIES = {
    "sqlite": "INSERT INTO entry (bank_id, id, key, kind, occurred_on, recorded_at, recorded_by, on_behalf_of,"
    " approved_by, deed, reverses, resolves, lines, words_digest, digest)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (bank_id, key) DO NOTHING",
    "postgresql": "INSERT INTO entry (bank_id, id, key, kind, occurred_on, recorded_at, recorded_by, on_behalf_of,"
    " approved_by, deed, reverses, resolves, lines, words_digest, digest) SELECT a, b, c, d, e, f, g, h, i, j, k,"
    " l, CAST(m AS bigint[]), n, o"
    " FROM unnest(CAST(%s AS bigint[]), CAST(%s AS bigint[]), CAST(%s AS text[]), CAST(%s AS text[]),"
    " CAST(%s AS date[]), CAST(%s AS timestamptz[]), CAST(%s AS bigint[]), CAST(%s AS bigint[]), CAST(%s AS bigint[]),"
    " CAST(%s AS text[]), CAST(%s AS bigint[]), CAST(%s AS bigint[]), CAST(%s AS text[]), CAST(%s AS bytea[]),"
    " CAST(%s AS bytea[])) AS new (a, b, c, d, e, f, g, h, i, j, k, l, m, n, o) ON CONFLICT (bank_id, key) DO NOTHING",
}
_MEMOS = {
    "sqlite": "INSERT INTO memo (bank_id, entry_id, words, salt) VALUES (?, ?, ?, ?)",
    "postgresql": "INSERT INTO memo (bank_id, entry_id, words, salt)"
    " SELECT * FROM unnest(CAST(%s AS bigint[]), CAST(%s AS bigint[]), CAST(%s AS text[]), CAST(%s AS bytea[]))",
}


def post_many(session: Session, entries: Sequence[NewEntry]) -> None:
    """Write entries in this order, each as `actions.post` writes one.

    None of their keys may be taken yet. Raises KeyTakenError, FloorReachedError and the ledger's other refusals; then
    roll back.
    """
    for start in range(0, len(entries), _BATCH):
        _post_batch(session, entries[start : start + _BATCH])


def _post_batch(session: Session, entries: Sequence[NewEntry]) -> None:
    name, books_key = session.get_bind().dialect.name, session.info["books_key"]
    rows, memos = list[Values](), list[Values]()
    for entry in entries:
        row, memo = rows_of(entry, books_key, postgresql=name == "postgresql")
        rows.append(row)
        if memo is not None:
            memos.append(memo)
    if _insert(session, _ENTRIES[name], rows) != len(rows):
        raise KeyTakenError(key=entries[0].key)
    if memos:
        _insert(session, _MEMOS[name], memos)


def _insert(session: Session, statement: str, rows: Sequence[Values]) -> int:
    """Insert all rows; gives how many went in."""
    parameters: Any = list(rows)
    if session.get_bind().dialect.name == "postgresql":
        parameters = tuple(list(column) for column in zip(*rows, strict=True))
    with refusals_named():
        return session.connection().exec_driver_sql(statement, parameters).rowcount
