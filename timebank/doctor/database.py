"""The database: whether it answers and fits this version, who we are in it, its disk, clock, guards and rights."""

import shutil
import stat
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from timebank import driver
from timebank.audit.checks import SET_UP_CHECKS, check_books
from timebank.db import UnsafeDatabaseError, refuse_unsafe
from timebank.doctor.rules import Diagnosis, in_words, quote, warning, well, wrong
from timebank.ledger.checks import CheckResult, Verdict
from timebank.migrations.run import NotMigratedError, refuse_outdated

Watch = Callable[[], datetime]
#: Bytes of free disk: below the first SQLite soon cannot write, below the second it is time to make room.
_NO_ROOM, _LITTLE_ROOM = 200 * 1024**2, 1024**3
#: Bytes of SQLite's write-ahead log; a longer one is never folded back, since some program reads without an end.
_LONG_LOG = 256 * 1024**2
_SECONDS_APART, _FAR_APART = timedelta(seconds=2), timedelta(minutes=1)
#: Older ones get no security updates any more.
_OLDEST_POSTGRESQL = 15
_MOST_FINDINGS = 3
_WHO = text(
    "SELECT current_user AS name, rolsuper AS is_superuser, current_setting('server_version') AS version,"
    " current_setting('server_version_num') AS number FROM pg_roles WHERE rolname = current_user"
)
_CHECK_WORDS = {
    "guards_as_made": ("guards", "every table, trigger and function is as this version makes it."),
    "rights_as_granted": ("rights", "the web's role may do no more than it was granted."),
    "web_role_owns_nothing": ("owner", "the web's role owns nothing."),
}


def examine_version(engine: Engine) -> Iterator[Diagnosis]:
    """Yield whether the database fits this version, and keeps what it has acknowledged."""
    try:
        refuse_outdated(engine)
        yield well("migrations", "the database fits this version.")
    except NotMigratedError as error:
        yield wrong("migrations", f"{error}.")
    try:
        refuse_unsafe(engine)
        yield well("durability", "what was acknowledged is on the disk.")
    except UnsafeDatabaseError as error:
        yield wrong(
            "durability", f"{error}: the database may lose what it has acknowledged, and the site does not start."
        )


def examine_server(session: Session, watch: Watch) -> Iterator[Diagnosis]:
    """Yield which server answers, as whom we connect, and how far its clock is from ours. PostgreSQL only."""
    row = session.execute(_WHO).one()
    major = int(row.number) // 10_000
    words = f"version {row.version}, as the role {quote(row.name)}"
    if row.is_superuser:
        yield wrong("PostgreSQL", f"{words}, a superuser, whom no guard binds: let the site be a role of its own.")
    elif major < _OLDEST_POSTGRESQL:
        yield warning(
            "PostgreSQL", f"{words}: it gets no security updates any more. Use {_OLDEST_POSTGRESQL} or newer."
        )
    else:
        yield well("PostgreSQL", f"{words}.")
    before = watch()
    its: datetime = session.scalar(text("SELECT clock_timestamp()")) or before
    yield judge_clocks(its - before, watch() - before)


def judge_clocks(apart: timedelta, took: timedelta) -> Diagnosis:
    """Return whether two clocks agree: the other was `apart` from ours before it was asked, which took so long."""
    subject = "clocks"
    error = max(-apart, apart - took, timedelta(0))
    direction = "ahead of" if apart > timedelta(0) else "behind"
    words = f"the database's clock is {in_words(error)} {direction} this machine's: keep both by NTP."
    if error > _FAR_APART:
        return wrong(subject, words)
    return warning(subject, words) if error > _SECONDS_APART else well(subject, "this machine and the database agree.")


def examine_file(path: Path) -> Iterator[Diagnosis]:
    """Yield about SQLite's file: whose it is to read, and whether there is room for more."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield wrong("database file", f"others can read or change everybody's data in it: run 'chmod 600 {path}'.")
    else:
        yield well("database file", "it is its owner's alone to read.")
    folder = stat.S_IMODE(path.parent.stat().st_mode)
    if folder & (stat.S_IWGRP | stat.S_IWOTH):
        yield wrong("its folder", f"others can put another file in its place: run 'chmod 700 {path.parent}'.")
    yield judge_room(shutil.disk_usage(path.parent).free)
    log = path.with_name(f"{path.name}-wal")
    size = log.stat().st_size if log.exists() else 0
    if size > _LONG_LOG:
        yield warning(
            "write-ahead log", f"it has {_megabytes(size)}: some program reads and never ends. Restart the site."
        )


def judge_room(free: int) -> Diagnosis:
    """Return whether so many free bytes of disk are enough."""
    words = f"{_megabytes(free)} are free"
    if free < _NO_ROOM:
        return wrong("disk", f"{words}: make room before the books cannot be written.")
    return warning("disk", f"{words}: make room soon.") if free < _LITTLE_ROOM else well("disk", f"{words}.")


def examine_log_mode(session: Session) -> Diagnosis:
    """Return whether SQLite writes ahead, so that reading and writing do not wait for each other."""
    mode = session.scalar(text("PRAGMA journal_mode"))
    if mode != "wal":
        return wrong(
            "WAL", f"the journal is {quote(str(mode))}: put the file on a disk of this machine, not of the network."
        )
    return well("WAL", "SQLite writes ahead.")


def examine_guards(session: Session) -> Iterator[Diagnosis]:
    """Yield whether guards and rights are as they were made, by the checks that `check-books` runs too."""
    checks = SET_UP_CHECKS if driver.is_postgresql(session) else SET_UP_CHECKS[:1]
    for result in check_books(session, checks):
        yield _judge_check(result)


def _judge_check(result: CheckResult) -> Diagnosis:
    subject, words = _CHECK_WORDS.get(result.name, (result.name, "it is right."))
    if result.verdict is Verdict.RIGHT:
        return well(subject, words)
    problems = "; ".join(f"{row.table} {row.row}: {row.problem}" for row in result.findings[:_MOST_FINDINGS])
    more = result.finding_count - _MOST_FINDINGS
    words = f"{problems}{f'; and {more} more' if more > 0 else ''}. 'timebank check-books' names all of them."
    return warning(subject, words) if result.verdict is Verdict.WARNING else wrong(subject, words)


def _megabytes(size: int) -> str:
    return f"{size // 1024**2:,} MB"
