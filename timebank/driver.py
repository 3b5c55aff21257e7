"""Hot-path SQL, compiled once per dialect and run on the DBAPI connection, past SQLAlchemy's execution (decision 18).

Where the engine's `echo` is on, or the logger `sqlalchemy.engine` has level INFO, these statements are logged too,
without their values.

It runs in a Session's transaction, on the Session's connection, or on an `Alone` where each statement is a transaction
of its own. There is no type conversion: moments go in as text (`moment`), and SQLite returns days and moments as text.
"""

import logging
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from sqlalchemy import ClauseElement, Dialect, Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import Session

Values = Sequence[Any] | Mapping[str, Any]
#: Class of PostgreSQL's errors for statements beyond a limit, such as a value nested too deep.
_PROGRAM_LIMIT = "54"
#: SQLite's extended error codes have the primary code in their lowest byte.
_PRIMARY_CODE = 0xFF
_SQLITE_UNAVAILABLE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    }
)


class Alone:
    """A pooled connection in autocommit, for a deed that is one statement: it costs no Session, BEGIN or COMMIT.

    A context manager, which takes a connection when it is first used. `info` is what a Session carries in
    `Session.info`, such as the books' key.
    """

    def __init__(self, engine: Engine, info: Mapping[str, Any]) -> None:
        """Take an engine of `db.make_alone_engine`."""
        self.engine, self.info, self.dialect = engine, info, engine.dialect
        self._pooled: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._pooled is not None:
            self._pooled.close()
            self._pooled = None

    @property
    def connection(self) -> Any:  # noqa: ANN401 (a DBAPI connection)
        """The DBAPI connection."""
        if self._pooled is None:
            self._pooled = self.engine.pool.connect()
        return self._pooled.dbapi_connection

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run more than one statement in one transaction; rolled back on any exception."""
        run(self, "BEGIN IMMEDIATE" if self.dialect.name == "sqlite" else "BEGIN", ())
        try:
            yield
            run(self, "COMMIT", ())
        except BaseException:
            with suppress(DBAPIError):  # the database may have given it up itself
                run(self, "ROLLBACK", ())
            raise


#: Where hot-path SQL runs.
Unit = Session | Alone


def dialect_of(unit: Unit) -> Dialect:
    """Return the dialect of the database."""
    return unit.dialect if isinstance(unit, Alone) else unit.get_bind().dialect


def is_postgresql(unit: Unit) -> bool:
    """Return whether the database is PostgreSQL."""
    return dialect_of(unit).name == "postgresql"


def run(unit: Unit, text: str, values: Values) -> int:
    """Run a statement in the database's own SQL; return the number of rows."""
    return _run(unit, text, values)[0]


def rows(unit: Unit, text: str, values: Values) -> Sequence[Any]:
    """Run a query in the database's own SQL; return its rows as the driver gives them."""
    return _run(unit, text, values)[1]


def copy(session: Session, table: str, columns: str, values: Sequence[Sequence[Any]]) -> int:
    """Write many rows by PostgreSQL's COPY; return how many. `table` and `columns` are names of our own."""
    text = f"COPY {table} ({columns}) FROM STDIN"
    with _cursor(session, text) as cursor:
        with cursor.copy(text) as into:
            for row in values:
                into.write_row(row)
        return int(cursor.rowcount)


def write_each(session: Session, text: str, values: Sequence[Sequence[Any]]) -> int:
    """Run a statement once for each row of values; return how many rows were written."""
    with _cursor(session, text) as cursor:
        cursor.executemany(text, values)
        return int(cursor.rowcount)


def moment(when: datetime) -> str:
    """Return a moment as UTC text, just as `db.UtcTime` stores it on SQLite; add '+00' for PostgreSQL.

    Raises ValueError for a moment without a time zone.
    """
    if when.tzinfo is None:
        message = "a moment needs a time zone"
        raise ValueError(message)
    return (when if when.tzinfo is UTC else when.astimezone(UTC)).replace(tzinfo=None).isoformat(" ", "microseconds")


def is_unavailable(error: Exception) -> bool:
    """Return whether the database did not answer: it is gone, locked, full or out of memory.

    Other errors are about the statement or what stands in the rows, even where the driver calls them operational:
    SQLite does so with an integer overflow, malformed JSON or a missing table.
    """
    if not isinstance(error, DBAPIError):
        return False
    if isinstance(error.orig, sqlite3.Error):  # without a code where the driver raised it, such as for a broken text
        return getattr(error.orig, "sqlite_errorcode", 0) & _PRIMARY_CODE in _SQLITE_UNAVAILABLE
    state = getattr(error.orig, "sqlstate", None)
    is_operational = isinstance(error, OperationalError | InterfaceError)
    return error.connection_invalidated or (is_operational and (state or "")[:2] != _PROGRAM_LIMIT)


class Statement:
    """A SQLAlchemy statement with named values, compiled once per dialect. It does not flush the Session."""

    def __init__(self, statement: ClauseElement) -> None:
        """Take the statement; it is compiled at its first use with each dialect."""
        self._statement = statement
        self._texts: dict[str, tuple[str, Sequence[str] | None, dict[str, Any]]] = {}

    def run(self, unit: Unit, values: Mapping[str, Any], *, at: Mapping[str, datetime] | None = None) -> int:
        """Run it; return the number of rows. Values that are moments are given in `at`."""
        return _run(unit, *self._bound(dialect_of(unit), values, at))[0]

    def rows(self, unit: Unit, values: Mapping[str, Any]) -> Sequence[Any]:
        """Run it; return its rows."""
        return _run(unit, *self._bound(dialect_of(unit), values, None))[1]

    def _bound(
        self, dialect: Dialect, values: Mapping[str, Any], at: Mapping[str, datetime] | None
    ) -> tuple[str, Values]:
        """Return (the SQL of this dialect, its values by name or in order)."""
        if dialect.name not in self._texts:
            compiled = self._statement.compile(dialect=dialect)
            names = compiled.positiontup  # type: ignore[attr-defined]
            self._texts[dialect.name] = (str(compiled), names, dict(compiled.params))
        text, names, constants = self._texts[dialect.name]
        suffix = "+00" if dialect.name == "postgresql" else ""
        moments = {name: moment(when) + suffix for name, when in (at or {}).items()}
        all_values = {**constants, **values, **moments}
        return text, all_values if names is None else [all_values[name] for name in names]


def _run(unit: Unit, text: str, values: Values) -> tuple[int, Sequence[Any]]:
    """Return (the number of rows, the rows)."""
    with _cursor(unit, text) as cursor:
        cursor.execute(text, values)
        return int(cursor.rowcount), cursor.fetchall() if cursor.description else ()


@contextmanager
def _cursor(unit: Unit, text: str) -> Iterator[Any]:
    """Yield a DBAPI cursor for a statement, which is logged; the driver's errors are raised as SQLAlchemy's."""
    if isinstance(unit, Alone):
        engine, connection = unit.engine, unit.connection
    else:
        pooled = unit.connection()
        engine, connection = pooled.engine, pooled.connection
    if engine.logger.isEnabledFor(logging.INFO):
        engine.logger.info("%s [past SQLAlchemy's execution, values hidden]", text)
    cursor = connection.cursor()
    try:
        yield cursor
    except (dialect := dialect_of(unit)).loaded_dbapi.Error as error:
        raise DBAPIError.instance(text, None, error, dialect.loaded_dbapi.Error, dialect=dialect) from error
    finally:
        cursor.close()
