"""Marks of all entries, compared in batches so that a million of them take seconds.

Fast path of `entry_checks.entries_as_written`: PostgreSQL hashes the leaves itself, the rows of SQLite are read as they
are and hashed here. It may doubt what is right, but must never pass what is wrong.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from sqlalchemy import func, not_, select
from sqlalchemy.orm import Session

from timebank import driver
from timebank.bookkeeping.checking.findings import counted
from timebank.bookkeeping.encoding import CANNOT_ENCODE, FIELDS, encode_entry, leaf_hash_in_postgresql, marker
from timebank.bookkeeping.models import Entry
from timebank.ledger.merkle import HASH_BYTES, hash_leaf

_BATCH = 10_000
_NO_HASH = b"\0" * HASH_BYTES
_FIRST, _LAST = -(2**63), 2**63 - 1
#: Ids of entries, above the first number and up to the second.
IdRange = tuple[int, int]
ALL_IDS: IdRange = (_FIRST, _LAST)
#: Which entries a batch holds: the bank, the ids after which it begins and up to which it may go, and how many at most.
_Place = tuple[int, int, int, int]

#: Entries of a bank in their order: how many, the last id, their leaf hashes in one value and their marks in another.
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
    """Return ((bank, id) of entries whose mark may not be that of their row, how many entries were read).

    Only entries with these ids are read; with the lowest range come those whose id is in none.
    """
    mark, seen, doubtful = marker(books_key), 0, list[tuple[int, int]]()
    batches = _hashed_batches(session, ids)
    for place, hashes, marks in counted(session, batches, size=lambda batch: len(batch[1])):
        seen += len(hashes)
        wrong = [number for number, (one, kept) in enumerate(zip(hashes, marks, strict=True)) if mark(one) != kept]
        if wrong:
            of_batch = _list_ids(session, place)
            doubtful += [(place[0], of_batch[number]) for number in wrong]
    if ids[0] == _FIRST:
        outside = list(session.execute(select(Entry.bank_id, Entry.id).where(not_(_is_in_range()))))
        seen += len(outside)
        doubtful += [(bank_id, entry_id) for bank_id, entry_id in outside]
    return doubtful, seen


def _is_in_range() -> Any:  # noqa: ANN401 (a condition)
    """The batches come to the entry. On SQLite an id may be no number, where somebody wrote past the guards."""
    return (Entry.bank_id > _FIRST) & (Entry.bank_id <= _LAST) & (Entry.id > _FIRST) & (Entry.id <= _LAST)


def split_ids(session: Session, parts: int) -> list[IdRange]:
    """Return ranges of ids, without a gap from the lowest to the highest that can be, with about as many entries each.

    They are cut by the entries of the bank that has most. Ids rise with time, so entries of other banks, and those that
    are written meanwhile, are in one of them too.
    """
    largest = session.execute(
        select(Entry.bank_id, func.count()).group_by(Entry.bank_id).order_by(func.count().desc()).limit(1)
    ).first()
    cuts = list[int]()
    if largest is not None:
        ids = select(Entry.id).where(Entry.bank_id == largest[0], _is_in_range()).order_by(Entry.id)
        found = (session.scalar(ids.offset(largest[1] * part // parts).limit(1)) for part in range(1, parts))
        cuts = sorted({cut for cut in found if cut is not None})
    return list(pairwise([_FIRST, *cuts, _LAST]))


def _hashed_batches(session: Session, ids: IdRange) -> Iterator[tuple[_Place, Sequence[bytes], Sequence[bytes]]]:
    """Yield thousands of entries at a time: their place, their leaf hashes and their marks."""
    read = _hash_in_postgresql if driver.is_postgresql(session) else _hash_rows_of_sqlite
    for bank_id in _list_banks(session):
        after, end = ids
        while True:
            place = (bank_id, after, end, _BATCH)
            last, hashes, marks = read(session, place)
            if last is None:
                break
            yield place, hashes, marks
            after = last


def _hash_in_postgresql(session: Session, place: _Place) -> tuple[int | None, Sequence[bytes], Sequence[bytes]]:
    count, last, hashes, marks = driver.rows(session, _HASHES_IN_POSTGRESQL, (_NO_HASH, *place))[0]
    return last, _cut(hashes) if count else (), _cut(marks) if count else ()


def _hash_rows_of_sqlite(session: Session, place: _Place) -> tuple[int | None, Sequence[bytes], Sequence[bytes]]:
    rows = driver.rows(session, _ROWS_IN_SQLITE, place)
    return rows[-1][_ID] if rows else None, [_hash(row) for row in rows], [row[-1] for row in rows]


def _hash(row: Sequence[Any]) -> bytes:
    try:
        return hash_leaf(encode_entry(row))
    except CANNOT_ENCODE:
        return _NO_HASH


def _list_ids(session: Session, place: _Place) -> Sequence[int]:
    query = _IDS_IN_POSTGRESQL if driver.is_postgresql(session) else _IDS_IN_POSTGRESQL.replace("%s", "?")
    return [row[0] for row in driver.rows(session, query, place)]


def _cut(hashes: bytes) -> list[bytes]:
    return [hashes[start : start + HASH_BYTES] for start in range(0, len(hashes), HASH_BYTES)]


def _list_banks(session: Session) -> Iterator[int]:
    """Yield the banks that have entries, from the index: there are few banks and many entries."""
    bank_id = _FIRST
    while (found := session.scalar(select(func.min(Entry.bank_id)).where(Entry.bank_id > bank_id))) is not None:
        yield found
        bank_id = found
