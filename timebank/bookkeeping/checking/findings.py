"""Helpers of checks: counting rows, naming rows, and progress."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timebank.db import Base

_PROGRESS_EVERY_ROWS = 100_000
_T = TypeVar("_T")


def count_rows(session: Session, table: type[Base]) -> int:
    """Return the number of rows of a table."""
    return session.scalar(select(func.count()).select_from(table)) or 0


def name_row(parts: Any) -> str:  # noqa: ANN401 (a row or a tuple)
    """Return a row's key as text, its parts joined by slashes."""
    return "/".join(str(part) for part in parts)


def with_progress(session: Session, rows: Iterable[_T], *, size: Callable[[_T], int] = lambda _row: 1) -> Iterable[_T]:
    """Return the rows, calling `session.info["progress"](n)`, if there is one, after every 100,000 of them.

    For batches of rows `size` returns how many rows a batch has.
    """
    report = session.info.get("progress")
    return rows if report is None else _report_rows(rows, size, report)


def _report_rows(rows: Iterable[_T], size: Callable[[_T], int], report: Callable[[int], None]) -> Iterator[_T]:
    seen = reported = 0
    for row in rows:
        seen += size(row)
        if seen // _PROGRESS_EVERY_ROWS > reported:
            reported = seen // _PROGRESS_EVERY_ROWS
            report(seen)
        yield row
