"""The worker's backups: one each night, the newest kept and older ones deleted."""

import fcntl
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from timebank.backups_on_disk import list_backups, name_of, newest_at
from timebank.cli import archives
from timebank.config import Settings
from timebank.db import opened

_log = logging.getLogger(__name__)
#: A backup is due at night where the newest is older than the first, and at any hour where it is older than the second.
AT_NIGHT, AT_ANY_HOUR = timedelta(hours=20), timedelta(hours=30)
#: The hours of UTC that count as night.
NIGHT = range(1, 5)
#: What must stay free on the disk besides the copy and the backup.
SPARE_BYTES = 64 << 20
_LOCK = ".timebank-backups.lock"


class NoRoomError(Exception):
    """The disk has no room for another backup: none was made and none deleted; the message says how much it takes."""


class FolderNotWritableError(Exception):
    """The folder of the backups cannot be made or written; the message is the system's."""


def is_due(newest: datetime | None, now: datetime) -> bool:
    """Return whether a backup is due: by night one for each day, and at any hour where the night was missed."""
    if newest is None:
        return True
    age = now - newest
    return age >= AT_ANY_HOUR or (age >= AT_NIGHT and now.hour in NIGHT)


def back_up_if_due(settings: Settings, now: datetime) -> Path | None:
    """Make a backup where one is due, then delete those beyond the number that is kept; return its file, or None.

    Nothing is deleted before the new one was written, read back and synced. Raises NoRoomError, FolderNotWritableError,
    CannotCopyError, ProgramMissingError or OSError.
    """
    folder = settings.backups
    if folder is None or not is_due(newest_at(folder, now), now):
        return None
    with _alone(folder) as is_alone:
        return _back_up(settings, folder, now) if is_alone and is_due(newest_at(folder, now), now) else None


def _back_up(settings: Settings, folder: Path, now: datetime) -> Path:
    _remove_halves(folder)
    _refuse_without_room(settings, folder)
    path = folder / name_of(now)
    archives.write(settings, path, now)
    removed = _remove_old(folder, path, settings.backups_kept)
    _log.info("backed up: %s, %s bytes; %s older deleted", path.name, path.stat().st_size, removed)
    return path


def _remove_old(folder: Path, new: Path, kept: int) -> int:
    """Delete all but the newest, and never the one that was just made, whatever the clock said before."""
    others = [path for _moment, path in list_backups(folder) if path != new]
    old = others[: max(len(others) - (kept - 1), 0)]
    for path in old:
        path.unlink()
    return len(old)


def _refuse_without_room(settings: Settings, folder: Path) -> None:
    """Raise NoRoomError unless the disk has room for a copy of the database and, beside it, the backup."""
    needed = 2 * _database_bytes(settings) + SPARE_BYTES
    free = shutil.disk_usage(folder).free
    if free < needed:
        message = f"a backup needs {needed:,} bytes free beside those that are kept, and there are {free:,}"
        _log.error(message)
        raise NoRoomError(message)


def _database_bytes(settings: Settings) -> int:
    """Return how large the database is on its disk."""
    if settings.owner_url.get_backend_name() == "sqlite":
        database = Path(settings.owner_url.database or "")
        files = (database, database.with_name(f"{database.name}-wal"))
        return sum(path.stat().st_size for path in files if path.exists())
    with opened(settings.owner_url) as engine, engine.connect() as connection:
        return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)


def _remove_halves(folder: Path) -> None:
    """Delete what a worker left that was killed while it copied. Only one at a time writes here."""
    for path in folder.glob(".timebank-nightly-*.backup.*"):
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Yield whether no other worker makes a backup here at the moment. Raises FolderNotWritableError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        _log.error("no backup can be made: %s", error.strerror)
        raise FolderNotWritableError(error.strerror) from error
    try:
        yield _is_locked(descriptor)
    finally:
        os.close(descriptor)


def _is_locked(descriptor: int) -> bool:
    """Lock a file until it is closed; return False where another process has it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
