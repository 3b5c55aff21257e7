"""Storing the results of the checks of the books.

Checks read every line, which takes long on large books. So they run on a snapshot that locks nothing, and only the
results are written, in a short transaction.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from timebank import clock
from timebank.actors import Doing, may_audit
from timebank.audit.models import BooksCheck
from timebank.errors import NotAllowedError
from timebank.ledger.checks import CheckResult, Verdict
from timebank.references import DeedName, Ref, Subject
from timebank.trail import actions as trail


class AskedFrom(StrEnum):
    """Where a run of the checks was started."""

    COMMAND = "command"
    PAGE = "page"


def store(
    session: Session, results: Sequence[CheckResult], *, asked_from: AskedFrom, seconds: int, now: datetime
) -> bool:
    """Store a run of the checks; return whether all passed. `seconds` is how long it took.

    Each check's name, verdict, figure and number of findings are stored, and no row of any bank.
    """
    is_right = all(result.verdict is not Verdict.WRONG for result in results)
    checks = [
        {
            "name": result.name,
            "verdict": result.verdict.value,
            "figure": result.figure,
            "unit": result.unit,
            "findings": result.finding_count,
        }
        for result in results
    ]
    run = {"asked_from": asked_from.value, "seconds": seconds, "checks": checks}
    session.add(BooksCheck(id=clock.next_id(), checked_at=now, is_right=is_right, results=json.dumps(run)))
    session.flush()
    return is_right


def store_asked(session: Session, results: Sequence[CheckResult], doing: Doing, *, seconds: int) -> None:
    """Store a run started from a page, with a trail row naming who started it. Raises NotAllowedError."""
    if trail.is_repeat(session, doing, DeedName.BOOKS_CHECKED, Ref(Subject.BOOKS)):
        return
    if not may_audit(doing.by):
        raise NotAllowedError
    store(session, results, asked_from=AskedFrom.PAGE, seconds=seconds, now=doing.now)
