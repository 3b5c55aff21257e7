"""Long readings of the books take turns, across threads and processes: whoever comes second is told at once.

On PostgreSQL a turn is an advisory lock, held by a connection of its own; on SQLite it is a locked file beside the
database. Either ends with the process that holds it, so none is left over from a server that was killed.
"""

import fcntl
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from threading import Lock, Timer
from zlib import crc32

from sqlalchemy import text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError

#: A turn ends by then, such as that of an export whose reader neither reads on nor hangs up.
MOST_SECONDS = 600.0
#: The first half of the keys of our advisory locks; locks of single numbers, such as the sealer's, are others.
_LOCK_CLASS = 0x7E15
_POSITIVE = 0x7FFFFFFF
_PREFIX = "timebank since "
_READ_HOLDER = text(
    "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
    " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2"
    " AND l.classid = CAST(:class AS oid) AND l.objid = CAST(:number AS oid) AND a.datname = current_database()"
)


class LongReading(StrEnum):
    """What is done once at a time: checking the books of all banks, and exporting those of one."""

    CHECK = "check"
    EXPORT = "export"


class TurnTakenError(Exception):
    """Somebody else has the turn, since this moment."""

    def __init__(self, since: datetime) -> None:
        super().__init__(since)
        self.since = since


class Turn:
    """A turn that was taken. `close` may be called by any thread, and more than once."""

    def __init__(self, release: Callable[[], None], seconds: float) -> None:
        self._release: Callable[[], None] | None = release
        self._lock = Lock()
        self._timer = Timer(seconds, self.close)
        self._timer.daemon = True
        self._timer.start()

    def close(self) -> None:
        """Let the next one in."""
        with self._lock:
            release, self._release = self._release, None
        self._timer.cancel()
        if release is not None:
            release()


def take(
    engine: Engine, reading: LongReading, bank_id: int, *, now: datetime, most_seconds: float = MOST_SECONDS
) -> Turn:
    """Return the turn at a reading of a bank, 0 for all banks, to be closed.

    Raises TurnTakenError where somebody else has it.
    """
    name = f"{reading}-{bank_id}"
    take_it = _take_file if engine.dialect.name == "sqlite" else _take_advisory_lock
    return Turn(take_it(engine, name, now), most_seconds)


def _take_file(engine: Engine, name: str, now: datetime) -> Callable[[], None]:
    """Lock a file, which holds since when; return what unlocks it."""
    descriptor = os.open(Path(f"{engine.url.database}.{name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)  # of this opening of the file, so threads differ too
    except BlockingIOError as error:
        since = os.read(descriptor, 100).decode()
        os.close(descriptor)
        raise TurnTakenError(_moment(since) or now) from error
    os.ftruncate(descriptor, 0)
    os.write(descriptor, now.isoformat().encode())
    return lambda: os.close(descriptor)


def _take_advisory_lock(engine: Engine, name: str, now: datetime) -> Callable[[], None]:
    """Lock on a connection that leaves the pool for it, and whose name says since when; return what closes it."""
    connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    connection.detach()
    number = crc32(name.encode()) & _POSITIVE
    since = _try_lock(connection, number, now)
    if since is not None:
        _close(connection)
        raise TurnTakenError(since)
    return partial(_close, connection)


def _try_lock(connection: Connection, number: int, now: datetime) -> datetime | None:
    """Lock, and return None; or return since when somebody else has it."""
    named = text("SELECT set_config('application_name', :name, false)")  # before the lock, which others then know it by
    connection.execute(named, {"name": f"{_PREFIX}{now.isoformat(timespec='seconds')}"})
    tried = text("SELECT pg_try_advisory_lock(:class, :number)")
    if connection.scalar(tried, {"class": _LOCK_CLASS, "number": number}):
        return None
    return _holder_since(connection, number) or now


def _close(connection: Connection) -> None:
    """Unlock and close it; where the server is gone, so is the lock."""
    with suppress(DBAPIError):
        connection.execute(text("SELECT pg_advisory_unlock_all()"))  # the server notices the closing only later
    with suppress(DBAPIError):
        connection.close()


def _holder_since(connection: Connection, number: int) -> datetime | None:
    holder = connection.scalar(_READ_HOLDER, {"class": _LOCK_CLASS, "number": number})
    return _moment(str(holder).removeprefix(_PREFIX)) if holder else None


def _moment(text_of_it: str) -> datetime | None:
    """Return the moment; None where the holder has just begun to write it."""
    with suppress(ValueError):
        return datetime.fromisoformat(text_of_it)
    return None
