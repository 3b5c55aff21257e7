"""Running the checks of the books and storing their results.

Checks read every line, which takes long on large books. So they run on a snapshot that locks nothing, and only the
results are written, in a short transaction.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from timebank import clock
from timebank.actors import Doing, may_audit
from timebank.audit.checks import check_books
from timebank.audit.models import BooksCheck
from timebank.db import snapshot
from timebank.errors import NotAllowedError
from timebank.ledger.checks import CheckResult, Verdict
from timebank.references import DeedName, Ref, Subject
from timebank.trail import actions as trail


class AskedFrom(StrEnum):
    """Where a run of the checks was started."""

    COMMAND = "command"
    PAGE = "page"


def check(session: Session) -> list[CheckResult]:
    """Run every check on a snapshot of the session's database. Rolls the session back first, so it holds no lock."""
    session.rollback()
    bind = session.get_bind()
    engine = bind if isinstance(bind, Engine) else bind.engine
    with Session(snapshot(engine), info=dict(session.info)) as reading:
        return list(check_books(reading))


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


def is_stored(session: Session, doing: Doing) -> bool:
    """Return whether this form has been answered with a run already. Rolls back, so that no lock is held."""
    stored = trail.is_repeat(session, doing, DeedName.BOOKS_CHECKED, Ref(Subject.BOOKS))
    session.rollback()
    return stored


def store_asked(session: Session, results: Sequence[CheckResult], doing: Doing, *, seconds: int) -> None:
    """Store a run started from a page, with a trail row naming who started it. Raises NotAllowedError."""
    if trail.is_repeat(session, doing, DeedName.BOOKS_CHECKED, Ref(Subject.BOOKS)):
        return
    if not may_audit(doing.by):
        raise NotAllowedError
    store(session, results, asked_from=AskedFrom.PAGE, seconds=seconds, now=doing.now)
