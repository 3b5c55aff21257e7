"""Fast path of `entries.entries_as_written`: verifies the marks of all entries in batches.

A million entries take seconds. PostgreSQL hashes the leaves itself; SQLite's rows are read without type conversion and
hashed in Python. It may report false positives, but never false negatives.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from sqlalchemy import func, not_, select
from sqlalchemy.orm import Session

from timebank import driver
from timebank.bookkeeping.checking.findings import with_progress
from timebank.bookkeeping.encoding import CANNOT_ENCODE, FIELDS, encode_entry, leaf_hash_in_postgresql, marker
from timebank.bookkeeping.models import Entry
from timebank.ledger.merkle import HASH_BYTES, hash_leaf

_BATCH = 10_000
_NO_HASH = b"\0" * HASH_BYTES
_FIRST, _LAST = -(2**63), 2**63 - 1
#: A range of entry ids: above the first number, up to and with the second.
IdRange = tuple[int, int]
ALL_IDS: IdRange = (_FIRST, _LAST)
#: Parameters of a batch: the bank, the id after which it begins, the last id it may contain, and its greatest size.
_Bounds = tuple[int, int, int, int]

#: Number of entries of a batch, its last id, and its leaf hashes and its marks, each concatenated into one value: that
#: costs far less than a row for each entry. A row that cannot be encoded gets a hash that no mark fits.
_HASHES_IN_POSTGRESQL = (
    "SELECT count(*), max(id), string_agg(hash, ''), string_agg(digest, '') FROM ("  # noqa: S608 (all of it is ours)
    f"SELECT e.id, coalesce({leaf_hash_in_postgresql('e')}, %s) AS hash, e.digest FROM entry AS e"
    " WHERE e.bank_id = %s AND e.id > %s AND e.id <= %s ORDER BY e.id LIMIT %s) AS few"
)
_IDS_IN_POSTGRESQL = "SELECT id FROM entry WHERE bank_id = %s AND id > %s AND id <= %s ORDER BY id LIMIT %s"
_ROWS_IN_SQLITE = (
    f"SELECT {', '.join(name for name, _form in FIELDS)}, digest FROM entry"  # noqa: S608 (as above)
    " WHERE bank_id = ? AND id > ? AND id <= ? ORDER BY id LIMIT ?"
)
_ID = [name for name, _form in FIELDS].index("id")


def find_doubtful_entries(
    session: Session, books_key: bytes, ids: IdRange = ALL_IDS
) -> tuple[list[tuple[int, int]], int]:
    """Return ((bank, id) of the entries whose mark may be wrong, how many entries were read).

    Reads only entries with these ids; the lowest range also covers entries whose id is in no range.
    """
    mark, seen, doubtful = marker(books_key), 0, list[tuple[int, int]]()
    batches = _hashed_batches(session, ids)
    for bounds, hashes, marks in with_progress(session, batches, size=lambda batch: len(batch[1])):
        seen += len(hashes)
        pairs = enumerate(zip(hashes, marks, strict=True))
        wrong = [number for number, (leaf_hash, stored) in pairs if mark(leaf_hash) != stored]
        if wrong:
            ids_of_batch = _list_ids(session, bounds)
            doubtful += [(bounds[0], ids_of_batch[number]) for number in wrong]
    if ids[0] == _FIRST:
        outside = list(session.execute(select(Entry.bank_id, Entry.id).where(not_(_is_in_range()))))
        seen += len(outside)
        doubtful += [(bank_id, entry_id) for bank_id, entry_id in outside]
    return doubtful, seen


def _is_in_range() -> Any:  # noqa: ANN401 (a condition)
    """Return the condition that some batch contains the entry. On SQLite a tampered id may even be text."""
    return (Entry.bank_id > _FIRST) & (Entry.bank_id <= _LAST) & (Entry.id > _FIRST) & (Entry.id <= _LAST)


def split_ids(session: Session, parts: int) -> list[IdRange]:
    """Return consecutive ranges that cover all possible ids, with about the same number of entries each.

    They are divided at ids of the largest bank. Since they have no gap, they also contain the entries of other banks,
    and those that are written meanwhile.
    """
    largest = session.execute(
        select(Entry.bank_id, func.count()).group_by(Entry.bank_id).order_by(func.count().desc()).limit(1)
    ).first()
    cuts = list[int]()
    if largest is not None:
        ids = select(Entry.id).where(Entry.bank_id == largest[0], _is_in_range()).order_by(Entry.id)
        quantiles = (session.scalar(ids.offset(largest[1] * part // parts).limit(1)) for part in range(1, parts))
        cuts = sorted({cut for cut in quantiles if cut is not None})
    return list(pairwise([_FIRST, *cuts, _LAST]))


def _hashed_batches(session: Session, ids: IdRange) -> Iterator[tuple[_Bounds, Sequence[bytes], Sequence[bytes]]]:
    """Yield (bounds, leaf hashes, marks) of entries in batches."""
    read = _hash_in_postgresql if driver.is_postgresql(session) else _hash_rows_of_sqlite
    for bank_id in _list_banks(session):
        after, end = ids
        while True:
            bounds = (bank_id, after, end, _BATCH)
            last, hashes, marks = read(session, bounds)
            if last is None:
                break
            yield bounds, hashes, marks
            after = last


def _hash_in_postgresql(session: Session, bounds: _Bounds) -> tuple[int | None, Sequence[bytes], Sequence[bytes]]:
    count, last, hashes, marks = driver.rows(session, _HASHES_IN_POSTGRESQL, (_NO_HASH, *bounds))[0]
    return last, _cut(hashes) if count else (), _cut(marks) if count else ()


def _hash_rows_of_sqlite(session: Session, bounds: _Bounds) -> tuple[int | None, Sequence[bytes], Sequence[bytes]]:
    rows = driver.rows(session, _ROWS_IN_SQLITE, bounds)
    return rows[-1][_ID] if rows else None, [_hash(row) for row in rows], [row[-1] for row in rows]


def _hash(row: Sequence[Any]) -> bytes:
    try:
        return hash_leaf(encode_entry(row))
    except CANNOT_ENCODE:
        return _NO_HASH


def _list_ids(session: Session, bounds: _Bounds) -> Sequence[int]:
    query = _IDS_IN_POSTGRESQL if driver.is_postgresql(session) else _IDS_IN_POSTGRESQL.replace("%s", "?")
    return [row[0] for row in driver.rows(session, query, bounds)]


def _cut(hashes: bytes) -> list[bytes]:
    return [hashes[start : start + HASH_BYTES] for start in range(0, len(hashes), HASH_BYTES)]


def _list_banks(session: Session) -> Iterator[int]:
    """Yield the ids of the banks that have entries, by index lookups: a DISTINCT would read every entry."""
    bank_id = _FIRST
    while (following := session.scalar(select(func.min(Entry.bank_id)).where(Entry.bank_id > bank_id))) is not None:
        yield following
        bank_id = following
