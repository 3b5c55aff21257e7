"""One plain statement through the database's own driver, for the path that every posting takes.

Within the session's unit of work and on its connection, but past everything that SQLAlchemy does for statements which
it has to build: that took as long as the posting itself (docs/decisions/0018-posting-for-speed.md).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from timebank.bookkeeping.refusals import refusals_named


def run(session: Session, statements: Mapping[str, str], values: Sequence[Any]) -> int:
    """Run this database's statement; gives the number of rows, or raises the refusal that the database named.

    Anything else that the driver raises comes as SQLAlchemy would have raised it.
    """
    connection = session.connection()
    dialect = connection.dialect
    statement = statements[dialect.name]
    cursor = connection.connection.cursor()
    try:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
    except dialect.loaded_dbapi.Error as error:
        with refusals_named():
            raise DBAPIError.instance(statement, None, error, dialect.loaded_dbapi.Error, dialect=dialect) from error
    finally:
        cursor.close()
