"""Checking the books and keeping what was found.

Checking reads every line, which takes a while on big books. So it reads one moment, beside everybody's work, and only
what came of it is written, in a short unit of work.
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
    """What had the books checked."""

    COMMAND = "command"
    PAGE = "page"


def check(session: Session) -> list[CheckResult]:
    """Ask every check on a snapshot of the session's database. The session is left without a unit of work: no lock."""
    session.rollback()
    bind = session.get_bind()
    engine = bind if isinstance(bind, Engine) else bind.engine
    with Session(snapshot(engine), info=dict(session.info)) as reading:
        return list(check_books(reading))


def check_and_store(session: Session, *, now: datetime) -> bool:
    """Ask every check and keep the answers; gives whether all is right. What the session had not committed is lost."""
    return store(session, check(session), asked_from=AskedFrom.COMMAND, seconds=0, now=now)


def store(
    session: Session, results: Sequence[CheckResult], *, asked_from: AskedFrom, seconds: int, now: datetime
) -> bool:
    """Keep what the checks found: each one's name, verdict, figure and number of findings, and no row of any bank."""
    is_right = all(result.verdict is not Verdict.WRONG for result in results)
    told = [
        {
            "name": result.name,
            "verdict": result.verdict.value,
            "figure": result.figure,
            "unit": result.unit,
            "findings": result.finding_count,
        }
        for result in results
    ]
    found = {"asked_from": asked_from.value, "seconds": seconds, "checks": told}
    session.add(BooksCheck(id=clock.next_id(), checked_at=now, is_right=is_right, results=json.dumps(found)))
    session.flush()
    return is_right


def store_asked(session: Session, results: Sequence[CheckResult], doing: Doing, *, seconds: int) -> None:
    """Keep what a page had checked, with who asked on the trail; the same form once. Raises NotAllowedError."""
    if trail.begin(session, doing, DeedName.BOOKS_CHECKED, Ref(Subject.BOOKS)) is not None:
        return
    if not may_audit(doing.by):
        raise NotAllowedError
    store(session, results, asked_from=AskedFrom.PAGE, seconds=seconds, now=doing.now)
