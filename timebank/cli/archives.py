"""The format of a backup: a tar of a database dump, and a JSON note that describes it.

No secret key is in it: whoever has the file reads the people's data, but cannot sign or mark anything. The note has the
public keys of the seals, the newest checkpoint of each bank, and a digest by which `restore` recognises the books' key.
"""

import hashlib
import hmac
import json
import os
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, text

from timebank.cli import postgresql_programs as programs
from timebank.config import Settings
from timebank.db import opened, snapshot

FORMAT = "timebank-backup-1"
_NOTE, _DATABASE = "backup.json", "database"
_MARKED = b"timebank backup"
_PIECE = 1 << 20


class NotABackupError(Exception):
    """The file is not a complete backup; the message says why."""


class CannotCopyError(Exception):
    """The database could not be copied or restored; the message says what to do."""


@dataclass(frozen=True, slots=True)
class BackupNote:
    """The description of a backup. `banks` maps slug to id, name, number of entries and newest checkpoint or None."""

    format: str
    made_at: str
    database: str
    revision: str
    sha256: str
    books_key_mark: str
    seal_keys: str
    banks: dict[str, dict[str, Any]]


def mark_key(books_key: bytes) -> str:
    """Return a digest that identifies a books' key without revealing it."""
    return hmac.digest(books_key, _MARKED, hashlib.sha256).hex()


def write(settings: Settings, out: Path, now: datetime) -> BackupNote:
    """Copy the database to a file that only its owner may read, and that appears once it is complete and synced.

    The site runs on meanwhile. Raises CannotCopyError.
    """
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as name:
        copy, backend = Path(name) / _DATABASE, settings.owner_url.get_backend_name()
        content = _copy_sqlite(settings, copy) if backend == "sqlite" else _copy_postgresql(settings, copy)
        note = BackupNote(
            format=FORMAT,
            made_at=now.isoformat(),
            database=backend,
            sha256=_sha256(copy),
            books_key_mark=mark_key(settings.books_key),
            seal_keys=(settings.instance / "seal.pub").read_text(),
            **content,
        )
        (Path(name) / _NOTE).write_text(json.dumps(asdict(note), indent=2, ensure_ascii=False))
        whole = Path(name) / "whole"
        whole.touch(mode=0o600)
        with tarfile.open(whole, "w:gz", compresslevel=3) as tar:
            for part in (_NOTE, _DATABASE):
                tar.add(Path(name) / part, part)
        _sync(whole)
        whole.replace(out)
    return note


@contextmanager
def read(file: Path, beside: Path) -> Iterator[tuple[BackupNote, Path]]:
    """Unpack a backup; yield (note, path of the dump), in a temporary folder. Raises NotABackupError."""
    with tempfile.TemporaryDirectory(dir=beside, prefix=".restore-") as name:
        try:
            with tarfile.open(file) as tar:
                tar.extractall(name, members=[tar.getmember(part) for part in (_NOTE, _DATABASE)], filter="data")
            note = BackupNote(**json.loads((Path(name) / _NOTE).read_text()))
        except (tarfile.TarError, KeyError, TypeError, ValueError, EOFError, OSError) as error:
            message = f"{file} is no whole backup of a time bank"
            raise NotABackupError(message) from error
        if note.format != FORMAT:
            message = f"{file} is a backup of another version ({note.format})"
            raise NotABackupError(message)
        if _sha256(Path(name) / _DATABASE) != note.sha256:
            message = f"{file} is damaged: the database in it is not the one that was copied"
            raise NotABackupError(message)
        yield note, Path(name) / _DATABASE


def check_sqlite(copy: Path) -> None:
    """Raise CannotCopyError where SQLite's integrity or foreign-key check fails."""
    with closing(sqlite3.connect(f"file:{quote(str(copy))}?mode=ro&immutable=1", uri=True)) as connection:
        damage = connection.execute("PRAGMA integrity_check").fetchall()
        broken_keys = connection.execute("PRAGMA foreign_key_check").fetchall()
    if damage != [("ok",)] or broken_keys:
        message = f"the copy is not whole: {(damage if damage != [('ok',)] else broken_keys)[:3]}"
        raise CannotCopyError(message)


def _copy_sqlite(settings: Settings, copy: Path) -> dict[str, Any]:
    """Copy by SQLite's online backup, a consistent snapshot while others write; return what the note says of it."""
    address = f"file:{quote(settings.owner_url.database or '')}?mode=rw"  # rw: a missing file must not be created
    try:
        with closing(sqlite3.connect(address, uri=True)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
    except sqlite3.Error as error:
        message = f"the database cannot be copied: {error}"
        raise CannotCopyError(message) from error
    check_sqlite(copy)
    with opened(settings.owner_url.set(database=str(copy))) as engine, snapshot(engine).connect() as connection:
        content = _describe(connection)
    with closing(sqlite3.connect(copy)) as target:
        target.execute("PRAGMA journal_mode = DELETE")  # so that the copy is one file
    return content


def _copy_postgresql(settings: Settings, copy: Path) -> dict[str, Any]:
    """Copy by pg_dump in the snapshot that the note is read from; return what the note says of it."""
    with opened(settings.owner_url) as engine, snapshot(engine).connect() as connection:
        content = _describe(connection)
        moment = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        try:
            programs.dump(settings.owner_url, copy, str(moment))
        except subprocess.CalledProcessError as error:
            message = f"pg_dump failed: {error.stderr.strip()}"
            raise CannotCopyError(message) from error
    return content


def _describe(connection: Connection) -> dict[str, Any]:
    """Return the database's revision and its banks, as fields of a BackupNote."""
    banks = {}
    for bank in connection.execute(text("SELECT id, slug, name FROM bank ORDER BY slug")):
        key = {"id": bank.id}
        banks[bank.slug] = {
            **key,
            "name": bank.name,
            "entries": connection.scalar(text("SELECT count(*) FROM entry WHERE bank_id = :id"), key),
            "checkpoint": connection.scalar(
                text("SELECT checkpoint FROM seal WHERE bank_id = :id ORDER BY number DESC LIMIT 1"), key
            ),
        }
    return {"revision": connection.scalar(text("SELECT version_num FROM alembic_version")), "banks": banks}


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _sync(path: Path) -> None:
    """Flush the file to disk, so that a backup that was reported survives a power cut."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
