"""How rows are kept: the base of all tables, the column types of our own, and engines that guard the books.

Reading and writing are declared: a unit of work that reads begins as one that may not write, and on SQLite a
writing one takes the write lock at its start, since a read that turns into a write fails at once.
"""

import json
import select
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import ARRAY, BigInteger, DateTime, Dialect, MetaData, Text, create_engine, event, text
from sqlalchemy.dialects.postgresql import DOMAIN
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection
from sqlalchemy.types import TypeDecorator, TypeEngine

from timebank import clock

BUSY_MILLISECONDS = 10_000
#: How long a server that does not answer at all is waited for, before people are told to try again.
CONNECT_SECONDS = 10
SQLITE_FULL = 2
#: What a connection may keep in memory: with the 2 MiB that are usual, a batch is written and read again meanwhile.
SQLITE_CACHE_KIB = 32_768
#: The guards of the books read JSON with ->>, which SQLite knows since 3.38.
OLDEST_SQLITE = (3, 38, 0)
#: A connection that rested so long is asked whether it still stands.
RESTED_SECONDS = 1.0
RETRIED_STATES = frozenset({"40001", "40P01"})
_UNIQUE_VIOLATION = "23505"


class Base(DeclarativeBase):
    """All tables. Constraint names follow one pattern, since refusals and migrations are told apart by them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class InDomain(TypeDecorator[Any]):
    """A column whose rule is a domain on PostgreSQL.

    PostgreSQL compiles a domain's CHECK once per session, but a table's CHECK anew for each statement (decision 21).
    On SQLite it is the plain type, and the table needs a CHECK or a trigger of its own.
    """

    impl = Text
    cache_ok = True

    def __init__(self, domain: DOMAIN) -> None:
        """Take the domain; its base type is the plain type. `CREATE DOMAIN` is the migration's task."""
        super().__init__()
        self.domain = domain
        self.impl = domain.data_type  # type: ignore[assignment]

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the domain on PostgreSQL, else its base type."""
        return dialect.type_descriptor(self.domain if dialect.name == "postgresql" else self.domain.data_type)


class UtcTime(TypeDecorator[datetime]):
    """A moment, aware and in UTC; naive ones are refused, since nobody can tell what they mean."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def __init__(self, domain: DOMAIN | None = None) -> None:
        """On PostgreSQL a column of this domain, where one is given."""
        super().__init__()
        self.domain = domain

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the domain on PostgreSQL where there is one, else a timestamp with time zone."""
        is_domain = self.domain is not None and dialect.name == "postgresql"
        return dialect.type_descriptor(self.domain if is_domain else DateTime(timezone=True))  # type: ignore[arg-type]

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse what has no time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a moment needs a time zone"
            raise ValueError(message)
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back what is aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class LinesType(TypeDecorator[Sequence[Sequence[int]]]):
    """The lines of an entry: bigint[][] on PostgreSQL, a JSON array of arrays on SQLite.

    Bound as one text literal, which both databases read faster than a nested array.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column's type."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(ARRAY(BigInteger, dimensions=2))
        return dialect.type_descriptor(Text())

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Sequence[Sequence[int]]]:  # noqa: ARG002 (the signature is SQLAlchemy's)
        """Take the lists of the driver as they come: to walk through each would take longer than all the rest."""
        return partial(self.process_result_value, dialect=dialect)

    def process_result_value(self, value: Any, dialect: Dialect) -> Sequence[Sequence[int]]:  # noqa: ARG002, ANN401 (the signature is SQLAlchemy's)
        """Read the lines as lists of whole numbers."""
        if not isinstance(value, str):
            return value or ()
        try:
            lines = json.loads(value)
        except ValueError:
            lines = None
        # Where somebody wrote past the guards, the checks find an entry without lines and name it.
        return lines if isinstance(lines, list) else ()


def make_engine(url: URL, **options: Any) -> Engine:  # noqa: ANN401 (options of create_engine)
    """Return an engine for either database, set so that what was promised is kept.

    Logs and error messages have the SQL without its parameters, since these are people's data.
    """
    options = {"hide_parameters": True, **options}
    if url.get_backend_name() == "sqlite":
        waits = {"timeout": BUSY_MILLISECONDS / 1000, "check_same_thread": False}
        engine = create_engine(url, connect_args=waits, **options)
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    patience = {} if "connect_timeout" in url.query else {"connect_timeout": CONNECT_SECONDS}
    engine = create_engine(url, connect_args=patience, **options)
    event.listen(engine, "checkin", _note_rest)
    event.listen(engine, "checkout", partial(_wake, engine.dialect))
    return engine


def make_alone_engine(engine: Engine) -> Engine:
    """Return an engine to the same database for `driver.Alone`: connections stay in autocommit, and are not reset.

    It is disposed of together with the engine that it was made from.
    """
    alone = make_engine(engine.url, isolation_level="AUTOCOMMIT", pool_reset_on_return=None, echo=engine.echo)
    event.listen(engine, "engine_disposed", lambda _engine: alone.dispose())
    return alone


@contextmanager
def opened(url: URL) -> Iterator[Engine]:
    """An engine for one command; its connections are closed at the end."""
    engine = make_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


@lru_cache(maxsize=32)
def reading(engine: Engine) -> Engine:
    """The same engine for units of work that only read; a write in one of them is refused by the database."""
    return engine.execution_options(intent="read", postgresql_readonly=True)


def snapshot(engine: Engine) -> Engine:
    """The same engine for a unit of work that reads one moment, however long it takes and whatever others write."""
    if engine.dialect.name == "sqlite":
        return reading(engine)
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _note_rest(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
    entry.info["rests_since"] = clock.ticks()


def _wake(
    dialect: Dialect, connection: DBAPIConnection, entry: ConnectionPoolEntry, _fairy: PoolProxiedConnection
) -> None:
    """Ask a connection whether it still stands, before a unit of work begins on it.

    One that was in use a moment ago is asked only where the server has said something since, such as good-bye: to ask
    each time takes a third as long as a posting. Raises InvalidatePoolError, and another connection is made.
    """
    since = entry.info.get("rests_since")
    if since is None:  # it was made just now
        return
    try:
        stands = clock.ticks() - since < RESTED_SECONDS and not _has_news(connection.fileno())
        stands = stands or dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error:
        stands = False
    if not stands:
        raise InvalidatePoolError


def _has_news(socket: int) -> bool:
    poll = select.poll()
    poll.register(socket, select.POLLIN)
    return bool(poll.poll(0))


def _set_up_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "recursive_triggers = ON",
        f"busy_timeout = {BUSY_MILLISECONDS}",
        f"cache_size = -{SQLITE_CACHE_KIB}",
        "temp_store = MEMORY",  # else what a statement would have to undo is written to a file, page by page
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    reads = connection.get_execution_options().get("intent") == "read"
    if connection.info.get("reads", False) != reads:  # said only where it changes: SQLite forgets its plans each time
        connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if reads else 'OFF'}")
        connection.info["reads"] = reads
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


class UnsafeDatabaseError(Exception):
    """The database is set to forget what it acknowledged: a receipt would be worth nothing."""


def refuse_unsafe(engine: Engine) -> None:
    """Raise UnsafeDatabaseError where a setting of the database may lose what it has acknowledged."""
    with reading(engine).connect() as connection:
        if engine.dialect.name == "sqlite":
            if sqlite3.sqlite_version_info < OLDEST_SQLITE:
                message = f"SQLite {sqlite3.sqlite_version} is too old"
                raise UnsafeDatabaseError(message)
            found = {"synchronous": int(connection.execute(text("PRAGMA synchronous")).scalar_one())}
            unsafe = [f"{name} = {value}" for name, value in found.items() if value < SQLITE_FULL]
        else:
            names = ("fsync", "synchronous_commit", "full_page_writes")
            values = {name: connection.execute(text(f"SHOW {name}")).scalar_one() for name in names}
            unsafe = [f"{name} = {value}" for name, value in values.items() if value == "off"]
    if unsafe:
        raise UnsafeDatabaseError(", ".join(unsafe))


def is_worth_retrying(error: DBAPIError) -> bool:
    """Whether two units of work met and this one lost: doing it again with the same key is right.

    A primary key or a random reference that was taken counts too: both rows were given the same, which happens once
    in a million exchanges, and the second time gives another.
    """
    state, diagnosis = getattr(error.orig, "sqlstate", None), getattr(error.orig, "diag", None)
    if state == _UNIQUE_VIOLATION and diagnosis is not None:
        name = str(diagnosis.constraint_name)
        return name.startswith("pk_") or name.endswith("_code")
    said = str(error.orig)
    return state in RETRIED_STATES or (said.startswith("UNIQUE constraint failed") and said.endswith(".code"))
