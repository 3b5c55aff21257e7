"""The job that checks the books: all checks on one snapshot, and the results stored for the audit page."""

from collections.abc import Callable
from contextlib import closing, suppress
from datetime import timedelta

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from timebank.audit.actions import store_asked
from timebank.audit.checks import ALL_CHECKS, check_books
from timebank.audit.queries import count_checks
from timebank.db import snapshot
from timebank.jobs.errors import LostClaimError
from timebank.jobs.rules import JobStep
from timebank.ledger.checks import CheckResult, Verdict
from timebank.turns import LongReading
from timebank.worker.at_work import AtWork, writing_as_asked

_ALL_BANKS = 0


def check(work: AtWork) -> None:
    """Check the books of all banks, and store what was found.

    Raises TurnTakenError, LostClaimError, or NotAllowedError where who asked for it may not any more.
    """
    with closing(work.turn(LongReading.CHECK, _ALL_BANKS)):
        began = work.office.watch()
        work.step, work.total = JobStep.CHECKS, len(ALL_CHECKS)
        results = _check(work)
        seconds = (work.office.watch() - began) // timedelta(seconds=1)
        with writing_as_asked(work) as (session, doing):
            work.step = JobStep.STORING
            work.go_on(session, len(results))
            store_asked(session, results, doing, seconds=seconds)
            wrong = sum(result.verdict is Verdict.WRONG for result in results)
            work.finish(session, {"wrong": wrong, "ordinal": count_checks(session)})


def _check(work: AtWork) -> list[CheckResult]:
    results = list[CheckResult]()

    def before(name: str) -> None:
        work.outcome = {"check": name}
        work.tell(len(results))

    info = {**work.office.settings.session_info, "progress": _renewing(work)}
    with Session(snapshot(work.office.engine), info=info) as session:
        for result in check_books(session, before=before):
            results.append(result)
    return results


def _renewing(work: AtWork) -> Callable[[int], None]:
    """Return what renews the claim within a check that reads many rows.

    It raises nothing, since an error within a check would be taken for a finding; a claim that is lost is noticed
    before the next check.
    """

    def renew(_rows: int) -> None:
        with suppress(DBAPIError, LostClaimError):
            work.tell(work.done)

    return renew
