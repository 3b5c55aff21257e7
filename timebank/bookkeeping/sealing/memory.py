"""The signer's memory: the newest checkpoint that was signed for each bank, in a file beside the seal's key.

The database alone cannot show that seals were taken away, since whoever does so takes the proof with them. So sealing
refuses to sign what does not go on from the remembered checkpoint, and a check reports a fork. The file is written
before the commit that makes a seal public, with the seal as `signing`, and again after it, with the seal as `signed`.
If the process ends in between, the next sealing or check finds the seal in the database, or it was rolled back.
"""

import fcntl
import json
import logging
import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session, SessionTransaction

from timebank.bookkeeping.sealing.models import Seal
from timebank.bookkeeping.sealing.receipts import begins_with
from timebank.ledger.errors import NotACheckpointError, SealNotRememberedError, SealsForkedError
from timebank.ledger.merkle import Peaks
from timebank.ledger.notes import Note, read_note

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed checkpoint and the number of its seal."""

    number: int
    checkpoint: str

    @property
    def note(self) -> Note:
        """The parsed checkpoint. Raises NotACheckpointError."""
        return read_note(self.checkpoint)


@dataclass(frozen=True, slots=True)
class Memory:
    """The newest seal of a bank that is public, and one whose transaction may or may not have been committed."""

    signed: Signed | None = None
    signing: Signed | None = None


def list_remembered(session: Session) -> list[int]:
    """Return the ids of the banks for which a checkpoint is remembered."""
    folder = _folder(session)
    names = [path.name for path in folder.glob("*")] if folder is not None else []
    return sorted(int(name) for name in names if _is_bank(name))


def recall(session: Session, bank_id: int) -> Signed | None:
    """Return the newest seal that the books have to go on from, if any. Raises SealsForkedError for a damaged file.

    A seal that was being signed counts if the database has it.
    """
    memory = _read(session, bank_id)
    if memory.signing is not None and _has(session, bank_id, memory.signing):
        return memory.signing
    return memory.signed


def goes_on(session: Session, bank_id: int, remembered: Signed) -> bool:
    """Return whether the bank's leaves begin with those of a remembered seal, and its seals are as many as then."""
    try:
        checkpoint = remembered.note.checkpoint
    except NotACheckpointError:
        return False
    return (
        _count_until(session, bank_id, checkpoint.size) == remembered.number
        and _has(session, bank_id, remembered)
        and begins_with(session, bank_id, checkpoint)
    )


def refuse_fork(session: Session, bank_id: int, newest: Peaks) -> None:
    """Raise SealsForkedError if the books, whose newest seal has these peaks, do not go on from the remembered seal.

    Where that seal is the newest, its peaks alone prove it, and no leaf is read.
    """
    remembered = recall(session, bank_id)
    if remembered is None:
        return
    checkpoint = remembered.note.checkpoint
    # As many peaks as the tree of this size has: else one made-up peak could stand for the whole tree.
    is_right = len(newest.hashes) == newest.size.bit_count()
    if newest.size == checkpoint.size and _count_until(session, bank_id, checkpoint.size) == remembered.number:
        is_right = is_right and newest.root == checkpoint.root and _has(session, bank_id, remembered)
    else:
        of_leaves = replace(checkpoint, size=newest.size, root=newest.root)
        is_right = is_right and begins_with(session, bank_id, of_leaves) and goes_on(session, bank_id, remembered)
    if not is_right:
        raise SealsForkedError


def remember(session: Session, bank_id: int, seal: Signed, *, after_restore: bool = False) -> None:
    """Write down a seal that the session's transaction is going to make public, and again once it is committed.

    Raises SealNotRememberedError where the file cannot be written; then the transaction must not be committed.
    """
    if _folder(session) is None:
        return
    try:
        with _locked(session, bank_id):
            _write(session, bank_id, Memory(None if after_restore else recall(session, bank_id), seal))
    except OSError as error:
        raise SealNotRememberedError from error
    _confirm_when_committed(session, bank_id, seal)


def _confirm_when_committed(session: Session, bank_id: int, seal: Signed) -> None:
    is_open = True

    def committed(session: Session) -> None:
        if is_open:
            _confirm(session, bank_id, seal)

    def ended(_session: Session, transaction: SessionTransaction) -> None:
        nonlocal is_open
        is_open = is_open and transaction.parent is not None

    event.listen(session, "after_commit", committed)
    event.listen(session, "after_transaction_end", ended)


def _confirm(session: Session, bank_id: int, seal: Signed) -> None:
    """Note that a seal is public, unless a later one was signed meanwhile. It is public even if that fails."""
    try:
        with _locked(session, bank_id):
            if _read(session, bank_id).signing == seal:
                _write(session, bank_id, Memory(seal))
    except (OSError, SealsForkedError) as error:
        _log.warning("the seal of bank %s is not noted as public yet", bank_id, exc_info=error)


def list_notes(folder: Path) -> Sequence[Note]:
    """Return the checkpoints of all banks that are remembered in a folder, without those that cannot be parsed."""
    notes = []
    for path in sorted(folder.glob("*")):
        with suppress(OSError, ValueError, TypeError, KeyError, NotACheckpointError):
            content = json.loads(path.read_text(encoding="utf-8")) if _is_bank(path.name) else {}
            notes += [read_note(seal["checkpoint"]) for seal in content.values() if seal]
    return notes


def set_aside(folder: Path, bank_ids: Collection[int], now: datetime) -> None:
    """Rename the files of banks that are not among these, so that nothing is asked of books that are gone."""
    for path in sorted(folder.glob("*")):
        if _is_bank(path.name) and int(path.name) not in bank_ids:
            path.replace(path.with_name(f"{path.name}.before-{now:%Y%m%d%H%M%S}"))


def _is_bank(name: str) -> bool:
    return name.isascii() and name.isdigit()


def _count_until(session: Session, bank_id: int, size: int) -> int:
    """Return how many seals have at most `size` leaves."""
    until = (Seal.bank_id == bank_id, Seal.size <= size)
    return session.scalar(select(func.count()).select_from(Seal).where(*until)) or 0


def _has(session: Session, bank_id: int, seal: Signed) -> bool:
    stored = select(Seal.checkpoint).where(Seal.bank_id == bank_id, Seal.number == seal.number)
    return session.scalar(stored) == seal.checkpoint


def _folder(session: Session) -> Path | None:
    folder: Path | None = session.info.get("seal_memory")
    return folder


def _read(session: Session, bank_id: int) -> Memory:
    folder = _folder(session)
    path = folder.joinpath(str(bank_id)) if folder is not None else None
    if path is None or not path.exists():
        return Memory()
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        signed, signing = (Signed(**content[name]) if content[name] else None for name in ("signed", "signing"))
        for seal in (signed, signing):
            if seal is not None:
                read_note(seal.checkpoint)
    except (ValueError, TypeError, KeyError, NotACheckpointError) as error:
        raise SealsForkedError from error
    return Memory(signed, signing)


def _write(session: Session, bank_id: int, memory: Memory) -> None:
    """Replace the file of a bank atomically, and sync it and its folder, so that a power cut loses neither."""
    folder = _folder(session)
    if folder is None:
        return
    new = folder.joinpath(f"{bank_id}.new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(json.dumps(asdict(memory), indent=2) + "\n")
        file.flush()
        os.fsync(file.fileno())
    new.replace(folder.joinpath(str(bank_id)))
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _locked(session: Session, bank_id: int) -> Iterator[None]:
    """Let one process at a time read and replace the file of a bank. No database lock is waited for in it."""
    folder = _folder(session)
    if folder is None:
        yield
        return
    folder.mkdir(mode=0o700, exist_ok=True)
    with os.fdopen(os.open(folder.joinpath(f"{bank_id}.lock"), os.O_WRONLY | os.O_CREAT, 0o600), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
