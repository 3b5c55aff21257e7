"""Checks of seals: every sealed row is encoded and hashed again, and every root computed from its leaves again."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from timebank.bookkeeping.checking.findings import name_row, with_progress
from timebank.bookkeeping.checking.leaf_hashes import hash_entries
from timebank.bookkeeping.encoding import CANNOT_ENCODE
from timebank.bookkeeping.models import Account
from timebank.bookkeeping.sealing.actions import count_unsealed, split_peaks
from timebank.bookkeeping.sealing.leaves import SOURCES, LeafSource
from timebank.bookkeeping.sealing.logs import Log, list_logs, name_of_seal
from timebank.bookkeeping.sealing.models import Leaf, Seal
from timebank.bookkeeping.sealing.signing import find_signer
from timebank.ledger.checks import CheckResult, Finding, check_result
from timebank.ledger.errors import NotACheckpointError
from timebank.ledger.leaves import LeafKind, encode_moment
from timebank.ledger.merkle import Peaks
from timebank.ledger.notes import Checkpoint, Key, read_note

_BATCH = 5_000
AnyRow = Row[*tuple[Any, ...]]


def seals_match(session: Session) -> CheckResult:
    """Every sealed row has the hash of its leaf, every seal the root of its leaves, and a known key signed it."""
    wrong, leaves = list[Finding](), 0
    banks = sorted(
        {*session.scalars(select(Leaf.bank_id).distinct()), *session.scalars(select(Seal.bank_id).distinct())}
    )
    for bank_id in banks:
        seals, logs = _list_seals(session, bank_id), list_logs(session, bank_id)
        peaks = Peaks()
        reached = expected = 0
        for rows, hashes_now in with_progress(session, _batches(session, bank_id), size=lambda batch: len(batch[0])):
            leaves += len(rows)
            blocks = list[tuple[int, bytes]]()
            for row in rows:
                if row.number != expected or row.hash != hashes_now.get(row.number):
                    wrong += _check_leaf(row, expected=expected, hashes_now=hashes_now)
                expected = row.number + 1
            hashes = [bytes(row.hash) for row in rows]
            while hashes:
                # Up to the next seal, but at least one leaf: a tampered seal may be of size 0.
                count = max(1, seals[reached].size - peaks.size) if reached < len(seals) else len(hashes)
                peaks = peaks.grown(hashes[:count], blocks)
                hashes = hashes[count:]
                while reached < len(seals) and seals[reached].size <= peaks.size:
                    wrong += _check_seal(session, seals[reached], peaks, logs, number=reached + 1)
                    reached += 1
            wrong += _check_blocks(rows, dict(blocks))
        wrong += [_about_seal(seal, "there are fewer leaves than it says") for seal in seals[reached:]]
        if peaks.size > (seals[-1].size if seals else 0):
            wrong.append(Finding("leaf", f"{bank_id}/{peaks.size - 1}", "there is no seal on it"))
    return check_result("seals_match", leaves, "rows sealed", wrong)


def not_sealed_yet(session: Session) -> CheckResult:
    """Count the rows that no seal covers yet, whose changes could not be proved. Never has findings."""
    banks = session.scalars(select(Account.bank_id).distinct().order_by(Account.bank_id)).all()
    return check_result("not_sealed_yet", sum(count_unsealed(session, bank_id) for bank_id in banks), "rows", [])


def _list_seals(session: Session, bank_id: int) -> Sequence[AnyRow]:
    columns = (Seal.bank_id, Seal.number, Seal.size, Seal.root, Seal.peaks, Seal.signed_at, Seal.checkpoint)
    return session.execute(select(*columns).where(Seal.bank_id == bank_id).order_by(Seal.size)).all()


def _batches(session: Session, bank_id: int) -> Iterator[tuple[Sequence[AnyRow], dict[int, bytes]]]:
    """Yield batches of a bank's leaves in order, with {leaf number: hash of the row as it is now}."""
    last = session.scalar(select(func.max(Leaf.number)).where(Leaf.bank_id == bank_id))
    first = session.scalar(select(func.min(Leaf.number)).where(Leaf.bank_id == bank_id))
    if first is None or last is None:
        return
    columns = (Leaf.bank_id, Leaf.number, Leaf.kind, Leaf.subject_id, Leaf.subject_number, Leaf.hash, Leaf.block)
    after = first - 1
    while True:
        rows = session.execute(
            select(*columns).where(Leaf.bank_id == bank_id, Leaf.number > after).order_by(Leaf.number).limit(_BATCH)
        ).all()
        if not rows:
            return
        yield rows, _hash_rows(session, bank_id, rows)
        after = rows[-1].number


def _hash_rows(session: Session, bank_id: int, rows: Sequence[AnyRow]) -> dict[int, bytes]:
    """Return {leaf number: hash of its row}. Entries are encoded one by one only if the fast path differs."""
    bounds = (session, bank_id, rows[0].number, rows[-1].number)
    hashes = hash_entries(*bounds)
    doubtful = any(row.kind == LeafKind.ENTRY and row.hash != hashes.get(row.number) for row in rows)
    for kind in {row.kind for row in rows} & SOURCES.keys():
        if kind != LeafKind.ENTRY or doubtful:
            hashes |= _hash_kind(SOURCES[LeafKind(kind)], *bounds)
    return hashes


def _hash_kind(
    source: LeafSource, session: Session, bank_id: int, first: int, last: int
) -> Iterator[tuple[int, bytes]]:
    query = (
        select(Leaf.number.label("leaf_number"), *source.columns)
        .join(source.model, source.is_leaf)
        .where(Leaf.bank_id == bank_id, Leaf.number.between(first, last), source.has_such_row)
    )
    for row in session.execute(query):
        try:
            yield row.leaf_number, source.hash_of(row, session.info["books_key"])
        except CANNOT_ENCODE:
            yield row.leaf_number, b""


def _check_leaf(row: AnyRow, *, expected: int, hashes_now: dict[int, bytes]) -> list[Finding]:
    findings = list[Finding]()
    if row.number != expected:
        findings.append(_about_leaf(row, "its number does not follow from the one before"))
    if row.number not in hashes_now:
        findings.append(_about_leaf(row, "what was sealed is missing"))
    elif hashes_now[row.number] != bytes(row.hash):
        findings.append(_about_leaf(row, "it was changed after it was sealed"))
    return findings


def _check_blocks(rows: Sequence[AnyRow], blocks: dict[int, bytes]) -> list[Finding]:
    return [
        _about_leaf(row, "the hash of its block is not that of its leaves")
        for row in rows
        if blocks.get(row.number) != (None if row.block is None else bytes(row.block))
    ]


def _check_seal(session: Session, seal: AnyRow, peaks: Peaks, logs: Sequence[Log], *, number: int) -> list[Finding]:
    problems, name = [], name_of_seal(seal.bank_id, logs, seal.number)
    if seal.number != number:
        problems.append("its number does not follow from the one before")
    if (seal.size, bytes(seal.root)) != (peaks.size, peaks.root):
        problems.append("its root is not that of its leaves")
    if split_peaks(seal.size, seal.peaks) != peaks:
        problems.append("its peaks are not those of its leaves")
    keys = [Key(name, public) for public in session.info.get("seal_keys", ())]
    try:
        note = read_note(seal.checkpoint)
    except NotACheckpointError:
        return [_about_seal(seal, problem) for problem in (*problems, "its checkpoint cannot be read")]
    expected = Checkpoint(name, seal.size, bytes(seal.root), encode_moment(seal.signed_at))
    if note.checkpoint != expected:
        problems.append("its checkpoint says something else")
    if find_signer(note, keys) is None:
        problems.append("no key that we know signed it")
    return [_about_seal(seal, problem) for problem in problems]


def _about_leaf(row: AnyRow, problem: str) -> Finding:
    """Return a finding that names the leaf and the row that it seals."""
    key = (row.bank_id, row.subject_id, *((row.subject_number,) if row.subject_number else ()))
    return Finding("leaf", f"{row.bank_id}/{row.number}", f"{row.kind} {name_row(key)}: {problem}")


def _about_seal(seal: AnyRow, problem: str) -> Finding:
    return Finding("seal", f"{seal.bank_id}/{seal.number}", problem)
