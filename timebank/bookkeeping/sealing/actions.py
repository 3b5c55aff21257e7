"""Sealing: rows written since the last seal are appended to the Merkle tree, and its root is signed.

Runs apart from posting. Anybody who keeps a checkpoint can prove a later change of the rows it covers. Sessions that
seal carry the private key in `session.info["seal_key"]`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select, text, tuple_
from sqlalchemy.orm import Session

from timebank.bookkeeping.models import Entry
from timebank.bookkeeping.refusals import insert_rows, refusals_named
from timebank.bookkeeping.sealing import memory
from timebank.bookkeeping.sealing.leaves import SOURCES, AnyRow, LeafSource
from timebank.bookkeeping.sealing.logs import name_now
from timebank.bookkeeping.sealing.memory import Signed
from timebank.bookkeeping.sealing.models import Leaf, Seal
from timebank.bookkeeping.sealing.signing import sign
from timebank.ledger.leaves import LeafKind, encode_moment
from timebank.ledger.merkle import HASH_BYTES, Peaks
from timebank.ledger.notes import Checkpoint

_BATCH = 5_000
_SMALLEST = -1
#: One statement for a batch on PostgreSQL, where many rows cost less as arrays than as parameters.
_WRITE_LEAVES = text(
    "INSERT INTO leaf (bank_id, number, kind, subject_id, subject_number, hash, block)"
    " SELECT CAST(:bank_id AS bigint), l.number, CAST(:kind AS varchar), l.subject_id, l.subject_number, l.hash,"
    " l.block FROM unnest(CAST(:numbers AS bigint[]), CAST(:ids AS bigint[]), CAST(:subject_numbers AS bigint[]),"
    " CAST(:hashes AS bytea[]), CAST(:blocks AS bytea[])) AS l(number, subject_id, subject_number, hash, block)"
)


@dataclass(frozen=True, slots=True)
class Sealed:
    """The result of a sealing: how many rows of each kind are new, and how many leaves there are in all."""

    new: dict[LeafKind, int]
    size: int


def seal(session: Session, bank_id: int, *, now: datetime, after_restore: bool = False) -> Sealed | None:
    """Seal the rows of a bank that have no leaf yet; return None, and write nothing, if there are none.

    Serialized per bank by a lock. Commit order is not id order, so new rows are those without a leaf, not those above
    the last sealed id. Raises NotSealedInOrderError if the tables were changed otherwise, SealsForkedError if they do
    not go on from the newest seal that was signed (`memory`), except `after_restore`, when a new log was begun.
    """
    _lock(session, bank_id)
    before = _read_peaks(session, bank_id)
    if not after_restore:
        memory.refuse_fork(session, bank_id, before)
    peaks, new = before, dict[LeafKind, int]()
    for kind, source in SOURCES.items():
        for rows in _unsealed(session, bank_id, source):
            peaks = _write_leaves(session, bank_id, source, rows, peaks)
            new[kind] = new.get(kind, 0) + len(rows)
    if peaks.size == before.size:
        return None
    written = _write_seal(session, bank_id, peaks, now)
    memory.remember(session, bank_id, written, after_restore=after_restore)
    return Sealed(new, peaks.size)


def count_unsealed(session: Session, bank_id: int) -> int:
    """Return how many rows of a bank have no leaf yet."""
    counts = [
        session.scalar(select(func.count()).select_from(source.model).where(*_has_no_leaf(source, bank_id)))
        for source in SOURCES.values()
    ]
    return sum(count or 0 for count in counts)


def find_unsealed_since(session: Session, bank_id: int) -> datetime | None:
    """Return when the oldest entry of a bank without a leaf was recorded; None where every entry has one."""
    is_unsealed = _has_no_leaf(SOURCES[LeafKind.ENTRY], bank_id)
    return session.scalar(select(func.min(Entry.recorded_at)).where(*is_unsealed))


def _lock(session: Session, bank_id: int) -> None:
    """Lock sealing, but not posting, for a bank until the transaction ends; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:bank)"), {"bank": bank_id})


def _read_peaks(session: Session, bank_id: int) -> Peaks:
    newest = session.execute(
        select(Seal.size, Seal.peaks).where(Seal.bank_id == bank_id).order_by(Seal.number.desc()).limit(1)
    ).first()
    return split_peaks(newest.size, newest.peaks) if newest else Peaks()


def split_peaks(size: int, stored: bytes) -> Peaks:
    """Return the peaks from a seal's column, which has their hashes concatenated."""
    hashes = [bytes(stored[start : start + HASH_BYTES]) for start in range(0, len(stored), HASH_BYTES)]
    return Peaks(size, tuple(hashes))


def _unsealed(session: Session, bank_id: int, source: LeafSource) -> Iterator[Sequence[AnyRow]]:
    """Yield batches of rows without a leaf, in the order of their keys."""
    after: tuple[int, ...] = (_SMALLEST,) * len(source.key)
    while True:
        rows = session.execute(
            select(*source.columns)
            .where(*_has_no_leaf(source, bank_id, after[0]), tuple_(*source.key) > after)
            .order_by(*source.key)
            .limit(_BATCH)
        ).all()
        if rows:
            yield rows
        if len(rows) < _BATCH:
            return
        after = source.subject(rows[-1])[: len(source.key)]


def _has_no_leaf(source: LeafSource, bank_id: int, first: int = _SMALLEST) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for rows of a bank without a leaf; leaves below id `first` are not read."""
    leaf = exists(select(Leaf.number).where(source.is_leaf, Leaf.subject_id >= first))
    return source.model.bank_id == bank_id, source.has_such_row, ~leaf


def _write_leaves(session: Session, bank_id: int, source: LeafSource, rows: Sequence[AnyRow], peaks: Peaks) -> Peaks:
    books_key = session.info["books_key"]
    hashes = [source.hash_of(row, books_key) for row in rows]
    completed = list[tuple[int, bytes]]()
    grown = peaks.grown(hashes, completed)
    subjects, blocks = [source.subject(row) for row in rows], dict(completed)
    numbers = range(peaks.size, grown.size)
    if session.get_bind().dialect.name == "postgresql":
        columns = {
            "numbers": list(numbers),
            "ids": [subject[0] for subject in subjects],
            "subject_numbers": [subject[1] for subject in subjects],
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


def _write_seal(session: Session, bank_id: int, peaks: Peaks, now: datetime) -> Signed:
    newest = session.scalar(select(func.max(Seal.number)).where(Seal.bank_id == bank_id)) or 0
    checkpoint = Checkpoint(name_now(session, bank_id), peaks.size, peaks.root, encode_moment(now))
    signed = Signed(newest + 1, sign(checkpoint, session.info["seal_key"]))
    row = {
        "bank_id": bank_id,
        "number": signed.number,
        "size": peaks.size,
        "root": peaks.root,
        "peaks": b"".join(peaks.hashes),
        "signed_at": now,
        "checkpoint": signed.checkpoint,
    }
    insert_rows(session, Seal, row)
    return signed
