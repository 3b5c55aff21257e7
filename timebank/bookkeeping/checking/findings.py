"""How a check says what it found."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timebank.db import Base

#: After so many rows whoever asked to be told is told how far a check is.
_TOLD_EVERY = 100_000
_T = TypeVar("_T")


def count_rows(session: Session, table: type[Base]) -> int:
    """How many rows a table has."""
    return session.scalar(select(func.count()).select_from(table)) or 0


def name_row(parts: Any) -> str:  # noqa: ANN401 (a row or a tuple)
    """What names a row: its key, part by part."""
    return "/".join(str(part) for part in parts)


def counted(session: Session, rows: Iterable[_T], *, size: Callable[[_T], int] = lambda _row: 1) -> Iterable[_T]:
    """Many rows as they come, or batches of them that are of a `size`.

    `session.info["progress"]`, where there is one, is told now and then how many rows those were.
    """
    tell = session.info.get("progress")
    return rows if tell is None else _count(rows, size, tell)


def _count(rows: Iterable[_T], size: Callable[[_T], int], tell: Callable[[int], None]) -> Iterator[_T]:
    seen = told = 0
    for row in rows:
        seen += size(row)
        if seen // _TOLD_EVERY > told:
            told = seen // _TOLD_EVERY
            tell(seen)
        yield row
