"""How a check says what it found."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timebank.db import Base
from timebank.ledger.checks import CheckResult, Finding

MOST_FINDINGS = 20
#: After so many rows whoever asked to be told is told how far a check is.
_TOLD_EVERY = 100_000
_T = TypeVar("_T")


def count_rows(session: Session, table: type[Base]) -> int:
    """How many rows a table has."""
    return session.scalar(select(func.count()).select_from(table)) or 0


def name_row(parts: Any) -> str:  # noqa: ANN401 (a row or a tuple)
    """What names a row: its key, part by part."""
    return "/".join(str(part) for part in parts)


def result(name: str, figure: int, unit: str, wrong: Sequence[Finding], *, warns_only: bool = False) -> CheckResult:
    """The answer to a check, with the first of the rows it found wrong and how many there are."""
    return CheckResult(name, figure, unit, tuple(wrong[:MOST_FINDINGS]), len(wrong), warns_only=warns_only)


def counted(session: Session, rows: Iterable[_T], *, each: int = 1) -> Iterable[_T]:
    """Many rows, or batches of so many `each`, as they come.

    `session.info["progress"]`, where there is one, is told now and then how many rows those were.
    """
    tell = session.info.get("progress")
    return rows if tell is None else _count(rows, each, tell)


def _count(rows: Iterable[_T], each: int, tell: Callable[[int], None]) -> Iterator[_T]:
    for number, row in enumerate(rows, start=1):
        if number * each % _TOLD_EVERY == 0:
            tell(number * each)
        yield row
