"""The base class of all tables, custom column types, and engine factories for both databases.

Transactions declare whether they write. A reading one is read-only in the database. On SQLite a writing one takes the
write lock at BEGIN, because a read transaction that turns into a write fails at once when another has written.
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
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import DOMAIN
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection
from sqlalchemy.types import TypeDecorator, TypeEngine

from timebank import clock

BUSY_MILLISECONDS = 10_000
#: Connect timeout to a server that does not answer; then the page for an unreachable database is served.
CONNECT_SECONDS = 10
SQLITE_FULL = 2
#: Page cache of a connection. With the default of 2 MiB a batch spills pages to disk and reads them back.
SQLITE_CACHE_KIB = 32_768
#: The triggers use the JSON operator ->>, which SQLite has since 3.38.
OLDEST_SQLITE = (3, 38, 0)
#: Idle time after which a pooled connection is pinged before use.
IDLE_SECONDS = 1.0


class Base(DeclarativeBase):
    """Base class of all tables. Constraint names follow one convention: refusals and migrations match on them."""

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

    PostgreSQL compiles a domain's CHECK once per session, but a table's CHECK again for each statement (decision 21).
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
    """A timezone-aware timestamp, stored in UTC. Binding a naive datetime raises ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def __init__(self, domain: DOMAIN | None = None) -> None:
        """Take a domain that is the column's type on PostgreSQL."""
        super().__init__()
        self.domain = domain

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the domain on PostgreSQL where there is one, else a timestamp with time zone."""
        is_domain = self.domain is not None and dialect.name == "postgresql"
        return dialect.type_descriptor(self.domain if is_domain else DateTime(timezone=True))  # type: ignore[arg-type]

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC; on SQLite to a naive datetime. Raises ValueError for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a moment needs a time zone"
            raise ValueError(message)
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware datetime in UTC."""
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
        """Return bigint[][] on PostgreSQL, TEXT on SQLite."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(ARRAY(BigInteger, dimensions=2))
        return dialect.type_descriptor(Text())

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Sequence[Sequence[int]]]:  # noqa: ARG002 (the signature is SQLAlchemy's)
        """Return the driver's lists unconverted: copying each would take longer than the rest of the query."""
        return partial(self.process_result_value, dialect=dialect)

    def process_result_value(self, value: Any, dialect: Dialect) -> Sequence[Sequence[int]]:  # noqa: ARG002, ANN401 (the signature is SQLAlchemy's)
        """Decode the lines to lists of integers; () where they are not valid JSON or NULL."""
        if not isinstance(value, str):
            return value or ()
        try:
            lines = json.loads(value)
        except ValueError:
            lines = None
        # Invalid text was written past the triggers: the checks then report an entry without lines.
        return lines if isinstance(lines, list) else ()


def make_engine(url: URL, **options: Any) -> Engine:  # noqa: ANN401 (options of create_engine)
    """Return an engine for either database, with durable writes and declared read or write transactions.

    Logs and error messages have the SQL without its parameters, since these are people's data.
    """
    options = {"hide_parameters": True, **options}
    if url.get_backend_name() == "sqlite":
        arguments = {"timeout": BUSY_MILLISECONDS / 1000, "check_same_thread": False}
        engine = create_engine(url, connect_args=arguments, **options)
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    arguments = {} if "connect_timeout" in url.query else {"connect_timeout": CONNECT_SECONDS}
    engine = create_engine(url, connect_args=arguments, **options)
    event.listen(engine, "checkin", _note_checkin)
    event.listen(engine, "checkout", partial(_ping, engine.dialect))
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
    """Yield an engine for one command; dispose of it at the end."""
    engine = make_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


@lru_cache(maxsize=32)
def reading(engine: Engine) -> Engine:
    """Return the engine for read-only transactions; the database refuses writes in them."""
    return engine.execution_options(intent="read", postgresql_readonly=True)


def snapshot(engine: Engine) -> Engine:
    """Return the engine for read-only transactions that read one snapshot, whatever others commit meanwhile."""
    if engine.dialect.name == "sqlite":
        return reading(engine)
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _note_checkin(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
    entry.info["idle_since"] = clock.ticks()


def _ping(
    dialect: Dialect, connection: DBAPIConnection, entry: ConnectionPoolEntry, _fairy: PoolProxiedConnection
) -> None:
    """Ping a pooled connection that was idle for over a second, or has unread server data, before handing it out.

    Others are handed out unchecked, because a ping takes a third as long as a posting. Raises InvalidatePoolError for
    a dead connection; the pool then opens another.
    """
    since = entry.info.get("idle_since")
    if since is None:  # it was opened just now
        return
    try:
        is_alive = clock.ticks() - since < IDLE_SECONDS and not _has_unread_data(connection.fileno())
        is_alive = is_alive or dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error:
        is_alive = False
    if not is_alive:
        raise InvalidatePoolError


def _has_unread_data(socket: int) -> bool:
    poll = select.poll()
    poll.register(socket, select.POLLIN)
    return bool(poll.poll(0))


def _set_up_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # autocommit in the driver: BEGIN is emitted by _begin_sqlite
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "recursive_triggers = ON",
        f"busy_timeout = {BUSY_MILLISECONDS}",
        f"cache_size = -{SQLITE_CACHE_KIB}",
        "temp_store = MEMORY",  # else the statement journal is a file, written page by page
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    reads = connection.get_execution_options().get("intent") == "read"
    if connection.info.get("reads", False) != reads:  # only on change: setting it drops SQLite's cached plans
        connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if reads else 'OFF'}")
        connection.info["reads"] = reads
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


class UnsafeDatabaseError(Exception):
    """The database is configured so that it may lose committed transactions, or is too old."""


def refuse_unsafe(engine: Engine) -> None:
    """Raise UnsafeDatabaseError for settings with which committed transactions may be lost, and for an old SQLite."""
    with reading(engine).connect() as connection:
        if engine.dialect.name == "sqlite":
            if sqlite3.sqlite_version_info < OLDEST_SQLITE:
                message = f"SQLite {sqlite3.sqlite_version} is too old"
                raise UnsafeDatabaseError(message)
            synchronous = int(connection.execute(text("PRAGMA synchronous")).scalar_one())
            unsafe = [f"synchronous = {synchronous}"] if synchronous < SQLITE_FULL else []
        else:
            names = ("fsync", "synchronous_commit", "full_page_writes")
            values = {name: connection.execute(text(f"SHOW {name}")).scalar_one() for name in names}
            unsafe = [f"{name} = {value}" for name, value in values.items() if value == "off"]
    if unsafe:
        raise UnsafeDatabaseError(", ".join(unsafe))


def insert_into(session: Session, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """Return the INSERT of the session's database, which knows what to do on a conflict."""
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    return postgresql.insert(table) if is_postgresql else sqlite.insert(table)
