"""Restore a backup, and start a new log of seals for each bank whose published seals it contradicts."""

import base64
import sqlite3
import subprocess
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import inspect, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from timebank.actors import Unattended
from timebank.banks.models import Bank
from timebank.bookkeeping.sealing import actions as sealing, memory, receipts
from timebank.bookkeeping.sealing.logs import begin_log, list_names
from timebank.bookkeeping.sealing.signing import find_signer
from timebank.cli import archives, postgresql_programs as programs, restored_guards, setting_up
from timebank.cli.archives import BackupNote, CannotCopyError, CannotRestoreError
from timebank.config import KEY_BYTES, Settings
from timebank.db import opened
from timebank.jobs.claims import cancel_open
from timebank.ledger.errors import NotACheckpointError
from timebank.ledger.notes import Checkpoint, Key, Note, name_log, read_note, split_origin
from timebank.ledger.papers import read_paper
from timebank.migrations import run as migrations
from timebank.notices.outbox import drop_all
from timebank.references import DeedName, Ref, Subject
from timebank.trail import actions as trail

_KEYS = ("secret.key", "books.key", "seal.key")


@dataclass(frozen=True, slots=True)
class Fork:
    """A bank that begins a new log: its slug, the log's name, its sealed rows, and the newest seal it contradicts."""

    slug: str
    name: str
    size: int
    checkpoint: Checkpoint | None


def read_checkpoints(files: Sequence[Path]) -> list[Note]:
    """Parse the seals in these files. Raises CannotRestoreError."""
    seals = []
    for file in files:
        try:
            seals.append(read_paper(file.read_bytes().decode()).note)
        except (UnicodeDecodeError, NotACheckpointError) as error:
            message = f"{file} is no seal of a time bank"
            raise CannotRestoreError(message) from error
    return seals


def refuse_without_keys(settings: Settings) -> None:
    """Raise CannotRestoreError where a secret key is missing: without them the backup cannot be verified."""
    missing = [name for name in _KEYS if not (settings.instance / name).exists()]
    if missing:
        message = f"put your copies of {', '.join(missing)} into {settings.instance} first: no backup holds them"
        raise CannotRestoreError(message)


def refuse(settings: Settings, note: BackupNote, published: Sequence[Note], *, replace: bool) -> None:
    """Raise CannotRestoreError where seals, the kind of database or an existing database do not allow it."""
    backend = settings.owner_url.get_backend_name()
    if backend != note.database:
        message = f"this is a backup of {note.database}, and the settings name a database of {backend}"
        raise CannotRestoreError(message)
    if not migrations.knows(note.revision):
        message = "this backup was made by a version that this one does not know, newer or before the first release"
        raise CannotRestoreError(message)
    for seal in published:
        _check_seal(settings, note, seal)
    if _is_there(settings) and not replace:
        message = "a database is there already, and nothing was changed: say --replace to have it replaced"
        raise CannotRestoreError(message)
    if _is_there(settings) and _is_in_use(settings):
        message = "somebody is connected to the database, and nothing was changed: stop the site first"
        raise CannotRestoreError(message)


def list_replaced_seals(settings: Settings, note: BackupNote) -> list[Note]:
    """Return the newest seal of each bank in the database that is to be replaced; none where it cannot be read.

    Only seals of banks in the backup are returned, and only those that a listed key signed.
    """
    if not _is_there(settings):
        return []
    newest = text(
        "SELECT checkpoint FROM seal s WHERE number = (SELECT max(number) FROM seal WHERE bank_id = s.bank_id)"
    )
    try:
        with opened(settings.owner_url) as engine, engine.connect() as connection:
            seals = [read_paper(row.checkpoint).note for row in connection.execute(newest)]
    except (SQLAlchemyError, NotACheckpointError):
        return []
    return [seal for seal in seals if _is_ours(settings, note, seal)]


def list_remembered_seals(settings: Settings, note: BackupNote) -> list[Note]:
    """Return the newest seals that were signed here, of banks in the backup: it may be older than they are."""
    return [seal for seal in memory.list_notes(settings.seal_memory) if _is_ours(settings, note, seal)]


def put_back(settings: Settings, note: BackupNote, copy: Path, *, replace: bool, now: datetime) -> Path | None:
    """Replace the database by the copy, and migrate it; return the path of the SQLite file that was put aside.

    Whatever guards the copy must be as the migrations make it. On PostgreSQL only its names are known before, and it is
    replaced in one transaction. Waiting notices are dropped. Raises CannotCopyError or CannotRestoreError; then
    the old database is unchanged.
    """
    aside = None
    if note.database == "sqlite":
        archives.check_sqlite(copy)
        restored_guards.refuse_sqlite(settings, copy)
        aside = _put_file(Path(settings.owner_url.database or ""), copy, now)
    else:
        try:
            restored_guards.refuse_dump(copy)
            programs.restore(settings.owner_url, copy, replace=replace)
        except subprocess.CalledProcessError as error:
            message = f"pg_restore failed: {error.stderr.strip()}"
            raise CannotCopyError(message) from error
    with opened(settings.owner_url) as owner:
        migrations.upgrade(owner)
    _add_public_keys(settings, note)
    setting_up.let_web_role_in(settings)
    with opened(settings.owner_url) as owner, Session(owner, info=settings.session_info) as session:
        drop_all(session, now)  # most of it was told after the backup: better once too few than all of it again
        cancel_open(session, now)
        session.commit()
    return aside


def begin_logs(settings: Settings, published: Sequence[Note], *, always: bool, now: datetime) -> Sequence[Fork]:
    """Begin a new log for each bank whose books contradict a published seal, or for all; return these banks."""
    with opened(settings.owner_url) as engine, Session(engine, info=settings.session_info) as session:
        forks = []
        for bank in session.execute(select(Bank.id, Bank.slug).order_by(Bank.slug)).all():
            contradicted = [seal for seal in published if _is_of(seal, bank.id) and _is_fork(session, bank.id, seal)]
            if contradicted or always:
                forks.append(_begin(session, bank.id, bank.slug, max(contradicted, key=_age, default=None), now))
        session.commit()
        memory.set_aside(settings.seal_memory, session.scalars(select(Bank.id)).all(), now)
    return forks


def _begin(session: Session, bank_id: int, slug: str, published: Note | None, now: datetime) -> Fork:
    number = (
        max(_number(list_names(session, bank_id)[-1]), _number(published.checkpoint.origin) if published else 1) + 1
    )
    size = (receipts.find_checkpoint(session, bank_id) or (0, ""))[0]
    trail.begin(session, Unattended(bank_id, now), DeedName.SEALS_LOG_BEGUN, Ref(Subject.LOG, str(number)))
    begin_log(session, bank_id, number, checkpoint=published.body if published else None, now=now)
    sealing.seal(session, bank_id, now=now, after_restore=True)
    return Fork(slug, name_log(bank_id, number), size, published.checkpoint if published else None)


def _is_fork(session: Session, bank_id: int, published: Note) -> bool:
    """Return whether the books do not begin with the rows that a seal signs; False for seals of an earlier log."""
    if _number(published.checkpoint.origin) < _number(list_names(session, bank_id)[-1]):
        return False
    return not receipts.begins_with(session, bank_id, published.checkpoint)


def _check_seal(settings: Settings, note: BackupNote, published: Note) -> None:
    """Raise CannotRestoreError for a seal that no listed key signed, or of a bank that is not in the backup."""
    origin = published.checkpoint.origin
    if not any(_is_of(published, bank["id"]) for bank in note.banks.values()):
        message = f"the seal of {origin} is of a bank that is not in this backup"
        raise CannotRestoreError(message)
    if not _is_ours(settings, note, published):
        message = f"no key that we know signed the seal of {origin}: it is not yours, or seal.pub is not whole"
        raise CannotRestoreError(message)


def _is_ours(settings: Settings, note: BackupNote, published: Note) -> bool:
    """Return whether a key that is listed here or in the backup signed it, for a bank in the backup."""
    lines = {*note.seal_keys.split(), *_listed_keys(settings)}
    keys = _keys_of(published, lines)
    is_of_bank = any(_is_of(published, bank["id"]) for bank in note.banks.values())
    return is_of_bank and find_signer(published, keys) is not None


def _is_of(published: Note, bank_id: int) -> bool:
    return (split_origin(published.checkpoint.origin) or ("", 0))[0] == name_log(bank_id)


def _number(origin: str) -> int:
    """Return the number of the log that an origin names; 1 is a bank's first."""
    return (split_origin(origin) or ("", 1))[1]


def _age(note: Note) -> tuple[int, int]:
    """Sort key of seals, oldest first."""
    return _number(note.checkpoint.origin), note.checkpoint.size


def _is_there(settings: Settings) -> bool:
    """Return whether the database file, or any table on PostgreSQL, exists."""
    if settings.owner_url.get_backend_name() == "sqlite":
        return Path(settings.owner_url.database or "").exists()
    with opened(settings.owner_url) as engine, engine.connect() as connection:
        return bool(inspect(connection).get_table_names())


def _is_in_use(settings: Settings) -> bool:
    """Return whether another connection is open: a running site would go on writing into the replaced database."""
    if settings.owner_url.get_backend_name() == "sqlite":
        return _file_is_in_use(Path(settings.owner_url.database or ""))
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    with opened(settings.owner_url) as engine, engine.connect() as connection:
        return bool(connection.scalar(text(others)))


def _file_is_in_use(database: Path) -> bool:
    """Return whether another process uses the file. Leaving WAL mode needs the only connection, and checkpoints."""
    try:
        with closing(sqlite3.connect(database, timeout=1)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        return "locked" in str(error)
    except sqlite3.DatabaseError:
        return False  # not a readable database: it is put aside as it is
    return False


def _put_file(database: Path, copy: Path, now: datetime) -> Path | None:
    """Move the copy to the database's path, and an existing database with its WAL files aside; return its new path."""
    aside = None
    if database.exists():
        aside = database.with_name(f"{database.name}.before-{now:%Y%m%d%H%M%S}")
        database.replace(aside)
    for suffix in ("-wal", "-shm"):
        beside = database.with_name(database.name + suffix)
        if beside.exists():
            beside.replace(database.with_name(f"{(aside or database).name}{suffix}"))
    copy.chmod(0o600)
    copy.replace(database)
    return aside


def _add_public_keys(settings: Settings, note: BackupNote) -> None:
    """Add the backup's public keys that seal.pub lacks, before the others; only those that signed a restored seal."""
    listed = _listed_keys(settings)
    new = [line for line in dict.fromkeys(note.seal_keys.split()) if line not in listed]
    if not new:
        return
    with opened(settings.owner_url) as engine, engine.connect() as connection:
        seals = [read_note(row.checkpoint) for row in connection.execute(text("SELECT checkpoint FROM seal"))]
    signed = [line for line in new if any(find_signer(seal, _keys_of(seal, [line])) for seal in seals)]
    (settings.instance / "seal.pub").write_text("".join(f"{line}\n" for line in [*signed, *listed]))


def _keys_of(seal: Note, lines: Iterable[str]) -> list[Key]:
    """Return the keys in these lines under the name of a seal's log, without lines that are no keys."""
    keys = list[Key]()
    for line in lines:
        with suppress(ValueError):
            public = base64.b64decode(line, validate=True)
            keys += [Key(seal.checkpoint.origin, public)] if len(public) == KEY_BYTES else []
    return keys


def _listed_keys(settings: Settings) -> list[str]:
    path = settings.instance / "seal.pub"
    return path.read_text().split() if path.exists() else []
