"""Sealing the books: what was written since the last time gets its number, and the whole is signed.

Off the path of posting: posting knows nothing of it. Whoever holds an older checkpoint can show any later change of
what stood then. Sessions that seal carry the private key in `session.info["seal_key"]`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select, text, tuple_
from sqlalchemy.orm import Session

from timebank.bookkeeping.refusals import insert_rows, refusals_named
from timebank.bookkeeping.sealing.leaves import SOURCES, AnyRow, Source
from timebank.bookkeeping.sealing.logs import name_now
from timebank.bookkeeping.sealing.models import Leaf, Seal
from timebank.bookkeeping.sealing.signing import sign
from timebank.ledger.leaves import LeafKind, tell_moment
from timebank.ledger.merkle import HASH_BYTES, Peaks
from timebank.ledger.notes import Checkpoint

_BATCH = 5_000
_SMALLEST = -1
#: One statement for a batch on PostgreSQL, where many rows cost less as arrays than as parameters.
_WRITE_LEAVES = text(
    "INSERT INTO leaf (bank_id, number, kind, subject_id, subject_number, hash, block)"
    " SELECT CAST(:bank_id AS bigint), l.number, CAST(:kind AS varchar), l.subject_id, l.subject_number, l.hash,"
    " l.block FROM unnest(CAST(:numbers AS bigint[]), CAST(:ids AS bigint[]), CAST(:places AS bigint[]),"
    " CAST(:hashes AS bytea[]), CAST(:blocks AS bytea[])) AS l(number, subject_id, subject_number, hash, block)"
)


@dataclass(frozen=True, slots=True)
class Sealed:
    """What one sealing did: how many rows of each kind are new, and how many stand under the seal in all."""

    new: dict[LeafKind, int]
    size: int


def seal(session: Session, bank_id: int, *, now: datetime) -> Sealed | None:
    """Seal what is not sealed yet of a bank's books; None where there is nothing new, and then nothing is written.

    One at a time for each bank. The order of commits is not that of ids, so what is new is what has no leaf.
    """
    _lock(session, bank_id)
    before = _read_peaks(session, bank_id)
    peaks, new = before, dict[LeafKind, int]()
    for kind, source in SOURCES.items():
        for rows in _unsealed(session, bank_id, source):
            peaks = _write_leaves(session, bank_id, source, rows, peaks)
            new[kind] = new.get(kind, 0) + len(rows)
    if peaks.size == before.size:
        return None
    _write_seal(session, bank_id, peaks, now)
    return Sealed(new, peaks.size)


def count_unsealed(session: Session, bank_id: int) -> int:
    """How many rows of a bank's books have no leaf yet."""
    counts = [
        session.scalar(select(func.count()).select_from(source.model).where(*_has_no_leaf(source, bank_id)))
        for source in SOURCES.values()
    ]
    return sum(count or 0 for count in counts)


def _lock(session: Session, bank_id: int) -> None:
    """One sealer a bank. It holds up nobody else: on SQLite a unit of work that writes is alone anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:bank)"), {"bank": bank_id})


def _read_peaks(session: Session, bank_id: int) -> Peaks:
    newest = session.execute(
        select(Seal.size, Seal.peaks).where(Seal.bank_id == bank_id).order_by(Seal.number.desc()).limit(1)
    ).first()
    return split_peaks(newest.size, newest.peaks) if newest else Peaks()


def split_peaks(size: int, kept: bytes) -> Peaks:
    """The peaks as a seal keeps them: one hash after the other."""
    hashes = [bytes(kept[start : start + HASH_BYTES]) for start in range(0, len(kept), HASH_BYTES)]
    return Peaks(size, tuple(hashes))


def _unsealed(session: Session, bank_id: int, source: Source) -> Iterator[Sequence[AnyRow]]:
    """Batches of rows without a leaf, in the order of what names them."""
    after: tuple[int, ...] = (_SMALLEST,) * len(source.place)
    while True:
        rows = session.execute(
            select(*source.columns)
            .where(*_has_no_leaf(source, bank_id, after[0]), tuple_(*source.place) > after)
            .order_by(*source.place)
            .limit(_BATCH)
        ).all()
        if rows:
            yield rows
        if len(rows) < _BATCH:
            return
        after = source.subject(rows[-1])[: len(source.place)]


def _has_no_leaf(source: Source, bank_id: int, first: int = _SMALLEST) -> tuple[ColumnElement[bool], ...]:
    """That no leaf is about a row. Leaves before the `first` id that is asked for are left aside, to read fewer."""
    leaf = exists(select(Leaf.number).where(source.is_leaf, Leaf.subject_id >= first))
    return source.model.bank_id == bank_id, source.has_such_row, ~leaf


def _write_leaves(session: Session, bank_id: int, source: Source, rows: Sequence[AnyRow], peaks: Peaks) -> Peaks:
    books_key = session.info["books_key"]
    hashes = [source.hash_of(row, books_key) for row in rows]
    whole = list[tuple[int, bytes]]()
    grown = peaks.grown(hashes, whole)
    subjects, blocks = [source.subject(row) for row in rows], dict(whole)
    numbers = range(peaks.size, grown.size)
    if session.get_bind().dialect.name == "postgresql":
        columns = {
            "numbers": list(numbers),
            "ids": [subject[0] for subject in subjects],
            "places": [subject[1] for subject in subjects],
            "hashes": hashes,
            "blocks": [blocks.get(number) for number in numbers],
        }
        with refusals_named():
            session.execute(_WRITE_LEAVES, {"bank_id": bank_id, "kind": source.kind.value, **columns})
        return grown
    leaves = [
        {
            "bank_id": bank_id,
            "number": number,
            "kind": source.kind.value,
            "subject_id": subject[0],
            "subject_number": subject[1],
            "hash": leaf_hash,
            "block": blocks.get(number),
        }
        for number, subject, leaf_hash in zip(numbers, subjects, hashes, strict=True)
    ]
    insert_rows(session, Leaf, leaves)
    return grown


def _write_seal(session: Session, bank_id: int, peaks: Peaks, now: datetime) -> None:
    newest = session.scalar(select(func.max(Seal.number)).where(Seal.bank_id == bank_id)) or 0
    checkpoint = Checkpoint(name_now(session, bank_id), peaks.size, peaks.root, tell_moment(now))
    row = {
        "bank_id": bank_id,
        "number": newest + 1,
        "size": peaks.size,
        "root": peaks.root,
        "peaks": b"".join(peaks.hashes),
        "signed_at": now,
        "checkpoint": sign(checkpoint, session.info["seal_key"]),
    }
    insert_rows(session, Seal, row)
