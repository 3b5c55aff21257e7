"""How a check says what it found."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timebank.db import Base
from timebank.ledger.checks import CheckResult, Finding

MOST_FINDINGS = 20


def count_rows(session: Session, table: type[Base]) -> int:
    """How many rows a table has."""
    return session.scalar(select(func.count()).select_from(table)) or 0


def name_row(parts: Any) -> str:  # noqa: ANN401 (a row or a tuple)
    """What names a row: its key, part by part."""
    return "/".join(str(part) for part in parts)


def result(name: str, figure: int, unit: str, wrong: Sequence[Finding], *, warns_only: bool = False) -> CheckResult:
    """The answer to a check, with the first of the rows it found wrong and how many there are."""
    return CheckResult(name, figure, unit, tuple(wrong[:MOST_FINDINGS]), len(wrong), warns_only=warns_only)
