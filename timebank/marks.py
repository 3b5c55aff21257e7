"""Marks of rows that are no part of the books but say whose hours they are: memberships, people and banks.

A mark is an HMAC under the books' key over those columns of a row that only this program may change. The key lies
outside the database, so a row that was changed there, or exchanged with another, no longer fits. The ORM marks a row
when it writes it; rows that are inserted past it get `mark_values`.
"""

import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import DeclarativeBase, object_session


def mark_values(books_key: bytes, model: type[DeclarativeBase], values: Mapping[str, Any]) -> bytes:
    """Return the mark of a row of a marked table, given by column."""
    return _mark(books_key, model.__tablename__, (values.get(name) for name in columns_marked(model)))


def columns_marked(model: type[DeclarativeBase]) -> Sequence[str]:
    """Return the columns that a table's mark covers."""
    names: Sequence[str] = model.metadata.tables[model.__tablename__].info["marked"]
    return names


def is_marked(books_key: bytes, model: type[DeclarativeBase], row: Any) -> bool:  # noqa: ANN401 (a row with the columns and `mark`)
    """Return whether a row is as the program wrote it; False too where its values cannot be encoded."""
    try:
        expected = _mark(books_key, model.__tablename__, (getattr(row, name) for name in columns_marked(model)))
    except (TypeError, ValueError):
        return False
    return isinstance(row.mark, bytes | memoryview) and hmac.compare_digest(bytes(row.mark), expected)


def keep_marked(model: type[DeclarativeBase]) -> None:
    """Have the ORM mark each row of a table whose `info` names the columns: `{"info": {"marked": […]}}`."""
    event.listen(model, "before_insert", _mark_row)
    event.listen(model, "before_update", _mark_row)


def _mark_row(_mapper: object, _connection: object, row: Any) -> None:  # noqa: ANN401 (a row of a marked table)
    session = object_session(row)
    if session is not None:
        values = (getattr(row, name) for name in columns_marked(type(row)))
        row.mark = _mark(session.info["books_key"], row.__tablename__, values)


def _mark(books_key: bytes, table: str, values: Iterable[object]) -> bytes:
    """Hash the values; a missing value is written as false is, since a default is not known before the INSERT."""
    plain = [table, *(None if value is False else value for value in values)]
    encoded = json.dumps(plain, ensure_ascii=False, default=_moment)
    return hmac.digest(books_key, encoded.encode(), "sha256")


def _moment(value: object) -> str:
    """Encode an aware moment in UTC. Raises TypeError for anything else."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise TypeError(value)
    return value.astimezone(UTC).isoformat()
