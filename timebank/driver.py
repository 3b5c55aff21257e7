"""Statements that are told once and then run through the database's own driver, for what every deed does.

Within the session's unit of work and on its connection, but past everything that SQLAlchemy does anew each time for a
statement that it has to build: that took as long as the posting itself (docs/decisions/0018-posting-for-speed.md).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ClauseElement, Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session


def run(session: Session, text: str, values: Sequence[Any] | Mapping[str, Any]) -> int:
    """Run a statement in this database's own words; gives the number of rows."""
    return _run(session.connection(), text, values)[0]


def copy(session: Session, table: str, columns: str, rows: Sequence[Sequence[Any]]) -> int:
    """Write many rows at once by PostgreSQL's COPY; gives how many. `table` and `columns` are names of our own."""
    with _cursor(session.connection()) as cursor:
        with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as into:
            for row in rows:
                into.write_row(row)
        return int(cursor.rowcount)


def write_each(session: Session, text: str, rows: Sequence[Sequence[Any]]) -> int:
    """Run a statement once for each row; gives how many rows were written."""
    with _cursor(session.connection()) as cursor:
        cursor.executemany(text, rows)
        return int(cursor.rowcount)


def moment(when: datetime, *, postgresql: bool) -> str:
    """A moment as text; on SQLite just as `db.UtcTime` writes it. Raises ValueError where it has no time zone."""
    if when.tzinfo is None:
        message = "a moment needs a time zone"
        raise ValueError(message)
    if postgresql:
        return when.isoformat()
    return when.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


class Statement:
    """A statement whose values have names. Values go in and rows come out as the driver has them.

    That is what numbers, text and bytes are anyway; moments go in through `at`. The session is not flushed for it.
    """

    def __init__(self, statement: ClauseElement) -> None:
        """Take what SQLAlchemy can compile; it is done once for each database."""
        self._statement = statement
        self._texts: dict[str, tuple[str, Sequence[str] | None, dict[str, Any]]] = {}

    def run(self, session: Session, values: Mapping[str, Any], *, at: Mapping[str, datetime] | None = None) -> int:
        """Run it; gives the number of rows."""
        connection = session.connection()
        return _run(connection, *self._told(connection, values, at))[0]

    def rows(self, session: Session, values: Mapping[str, Any]) -> Sequence[Any]:
        """Run it; gives the rows that it found."""
        connection = session.connection()
        return _run(connection, *self._told(connection, values, None))[1]

    def _told(
        self, connection: Connection, values: Mapping[str, Any], at: Mapping[str, datetime] | None
    ) -> tuple[str, Sequence[Any] | Mapping[str, Any]]:
        """(the statement in this database's words, its values as they stand in it)."""
        dialect = connection.dialect
        if dialect.name not in self._texts:
            compiled = self._statement.compile(dialect=dialect)
            names = compiled.positiontup  # type: ignore[attr-defined]
            self._texts[dialect.name] = (str(compiled), names, dict(compiled.params))
        text, names, constants = self._texts[dialect.name]
        postgresql = dialect.name == "postgresql"
        moments = {name: moment(when, postgresql=postgresql) for name, when in (at or {}).items()}
        all_values = {**constants, **values, **moments}
        return text, all_values if names is None else [all_values[name] for name in names]


def _run(connection: Connection, text: str, values: Sequence[Any] | Mapping[str, Any]) -> tuple[int, Sequence[Any]]:
    """(how many rows, the rows)."""
    with _cursor(connection, text) as cursor:
        cursor.execute(text, values)
        return int(cursor.rowcount), cursor.fetchall() if cursor.description else ()


@contextmanager
def _cursor(connection: Connection, text: str | None = None) -> Iterator[Any]:
    """The driver's own cursor. What the driver raises comes as SQLAlchemy would have raised it."""
    dialect = connection.dialect
    cursor = connection.connection.cursor()
    try:
        yield cursor
    except dialect.loaded_dbapi.Error as error:
        raise DBAPIError.instance(text, None, error, dialect.loaded_dbapi.Error, dialect=dialect) from error
    finally:
        cursor.close()
