"""The format of a backup: a tar of a database dump, and a JSON note that describes it.

No secret key is in it: whoever has the file reads the people's data, but cannot sign or mark anything. The note has the
public keys of the seals, the newest checkpoint of each bank, and a digest by which `restore` recognises the books' key.
It is signed with a key that is derived from the books' key, over all that it says, the digest of the dump included.
"""

import gzip
import hashlib
import hmac
import json
import os
import sqlite3
import subprocess
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import quote

from sqlalchemy import Connection, text

from timebank.cli import postgresql_programs as programs
from timebank.config import Settings
from timebank.db import opened, snapshot

FORMAT = "timebank-backup-1"
_NOTE, _DATABASE = "backup.json", "database"
_MARKED, _SIGNED = b"timebank backup", b"timebank backup note"
#: The greatest size of the note, which has a checkpoint for each bank.
_MOST_OF_NOTE = 8 << 20
_PIECE = 1 << 20


class NotABackupError(Exception):
    """The file is not a complete backup; the message says why."""


class CannotCopyError(Exception):
    """The database could not be copied or restored; the message says what to do."""


class CannotRestoreError(Exception):
    """A backup cannot be restored, and nothing was changed; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class BackupNote:
    """The description of a backup. `banks` maps slug to id, name, number of entries and newest checkpoint or None."""

    format: str
    made_at: str
    database: str
    revision: str
    sha256: str
    size: int
    books_key_mark: str
    seal_keys: str
    banks: dict[str, dict[str, Any]]
    signature: str


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
            size=copy.stat().st_size,
            books_key_mark=mark_key(settings.books_key),
            seal_keys=(settings.instance / "seal.pub").read_text(),
            signature="",
            **content,
        )
        note = replace(note, signature=_sign(note, settings.books_key))
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
def read(file: Path, beside: Path, books_key: bytes) -> Iterator[tuple[BackupNote, Path]]:
    """Unpack a backup; yield (note, path of the dump), in a temporary folder. Raises NotABackupError.

    The note comes first and is verified before anything else is unpacked; the dump has the size and the digest that the
    note gives. So nothing of a file is written that was not made with this books' key.
    """
    with tempfile.TemporaryDirectory(dir=beside, prefix=".restore-") as name:
        copy = Path(name) / _DATABASE
        try:
            with gzip.open(file) as packed:
                limited = _Limited(packed, _MOST_OF_NOTE)
                with tarfile.open(fileobj=cast("IO[bytes]", limited), mode="r|") as tar:
                    note = _read_note(file, _read_part(tar, _NOTE).read(_MOST_OF_NOTE), books_key)
                    limited.left = note.size + _MOST_OF_NOTE
                    digest = _unpack(_read_part(tar, _DATABASE), copy, note.size)
        except (tarfile.TarError, zlib.error, EOFError, OSError, ValueError) as error:
            message = f"{file} is no whole backup of a time bank"
            raise NotABackupError(message) from error
        if digest != note.sha256:
            message = f"{file} is damaged: the database in it is not the one that was copied"
            raise NotABackupError(message)
        yield note, copy


class _Limited:
    """A file that is read up to a limit, which stops an archive that unpacks to far more than it says."""

    def __init__(self, file: gzip.GzipFile, limit: int) -> None:
        self._file, self.left = file, limit

    def read(self, size: int) -> bytes:
        """Return the next bytes. Raises ReadError beyond the limit."""
        self.left -= size
        if self.left < 0:
            message = "it unpacks to more than it says"
            raise tarfile.ReadError(message)
        return self._file.read(size)


def _read_part(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    """Return the next file of the archive. Raises ReadError unless it is a plain file of this name."""
    member = tar.next()
    part = tar.extractfile(member) if member is not None and member.isreg() and member.name == name else None
    if part is None:
        message = f"{name} is missing"
        raise tarfile.ReadError(message)
    return part


def _read_note(file: Path, content: bytes, books_key: bytes) -> BackupNote:
    """Parse and verify the note. Raises NotABackupError or ValueError."""
    try:
        note = BackupNote(**json.loads(content))
        is_ours = hmac.compare_digest(note.books_key_mark, mark_key(books_key))
        is_signed = hmac.compare_digest(note.signature, _sign(note, books_key))
    except (TypeError, AttributeError, RecursionError) as error:
        raise ValueError(_NOTE) from error
    if note.format != FORMAT:
        message = f"{file} is a backup of another version ({note.format!r})"
        raise NotABackupError(message)
    if not is_ours:
        message = "books.key here is not the key of this backup: its entries could not be checked"
        raise NotABackupError(message)
    if not is_signed:
        message = f"{file} was changed since it was made: its note is not signed with books.key"
        raise NotABackupError(message)
    return note


def _sign(note: BackupNote, books_key: bytes) -> str:
    """Return HMAC-SHA256 over all that the note says, under a key that is derived from the books' key."""
    content = json.dumps({**asdict(note), "signature": ""}, sort_keys=True).encode()
    return hmac.digest(hmac.digest(books_key, _SIGNED, "sha256"), content, "sha256").hex()


def _unpack(part: IO[bytes], copy: Path, size: int) -> str:
    """Write a file of this size and return its SHA-256 in hex. Raises ValueError for another size."""
    digest, written = hashlib.sha256(), 0
    with copy.open("wb") as file:
        while piece := part.read(_PIECE):
            written += len(piece)
            if written > size:
                break
            digest.update(piece)
            file.write(piece)
    if written != size:
        message = "the database is not of the size that the note says"
        raise ValueError(message)
    return digest.hexdigest()


def check_sqlite(copy: Path) -> None:
    """Raise CannotCopyError where SQLite's integrity or foreign-key check fails."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(copy))}?mode=ro&immutable=1", uri=True)) as connection:
            damage = connection.execute("PRAGMA integrity_check").fetchall()
            broken_keys = connection.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.Error as error:
        message = f"the copy is no database of SQLite: {error}"
        raise CannotCopyError(message) from error
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
