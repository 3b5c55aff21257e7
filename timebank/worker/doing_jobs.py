"""Doing the jobs that members asked for: claim one, do it, and write how it ended."""

import errno
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import StrEnum

from sqlalchemy.exc import DBAPIError

from timebank.driver import is_unavailable
from timebank.errors import NotAllowedError
from timebank.interchange.books import NotInOrderError
from timebank.jobs import claims
from timebank.jobs.errors import FileGoneError, LostClaimError
from timebank.jobs.queries import JobRow
from timebank.jobs.rules import JobFailure, JobKind
from timebank.turns import TurnTakenError
from timebank.worker.at_work import AtWork
from timebank.worker.checking import check
from timebank.worker.exporting import export
from timebank.worker.importing import import_listings
from timebank.worker.inviting import send_plan
from timebank.worker.office import Office
from timebank.worker.trouble import place_of

_log = logging.getLogger(__name__)

DOERS: Mapping[JobKind, Callable[[AtWork], None]] = {
    JobKind.CHECK_BOOKS: check,
    JobKind.EXPORT_BOOKS: export,
    JobKind.SEND_PLAN: send_plan,
    JobKind.IMPORT_LISTINGS: import_listings,
}
_FAILURES: Mapping[type[Exception], JobFailure] = {
    NotAllowedError: JobFailure.NOT_ALLOWED,
    NotInOrderError: JobFailure.BOOKS_NOT_IN_ORDER,
    FileGoneError: JobFailure.FILE_GONE,
}
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class JobEnd(StrEnum):
    """What became of a claimed job. One that was put off waits, since somebody else reads the books."""

    DONE = "done"
    FAILED = "failed"
    LOST = "lost"
    PUT_OFF = "put_off"


def do_jobs(office: Office) -> Counter[str]:
    """Do every job that waits, one after the other; return how many were done, failed, lost or put off.

    Where a thread of this process does so already, nothing is done: one job at a time leaves the machine to the site.
    """
    if not office.at_jobs.acquire(blocking=False):
        return Counter()
    try:
        return _do_jobs(office)
    finally:
        office.at_jobs.release()


def give_back_job(office: Office) -> None:
    """Release the job that the worker is at when it is ended, so that the next one begins it at once.

    The thread that does it loses its claim, so that it writes nothing more.
    """
    office.is_closing, job = True, office.job
    if job is not None:
        with suppress(LostClaimError, DBAPIError), office.writing() as session:
            claims.give_back(session, job)


def _do_jobs(office: Office) -> Counter[str]:
    ended, put_off = Counter[str](), set[int]()
    while not office.is_closing:
        with office.writing() as session:
            ended["died"] += claims.give_up_dead(session, office.watch())
            job = claims.claim(session, office.watch(), but=put_off)
        if job is None:
            return ended
        office.job = job
        try:
            end = _do(office, job) if _goes_on(office) else _end(office, job, None)
        finally:
            office.job = None
        ended[end] += 1
        if end is JobEnd.PUT_OFF:
            put_off.add(job.id)
    return ended


def _goes_on(office: Office) -> bool:
    """Return whether the worker has not been ended between its claim and its beginning."""
    return not office.is_closing


def _do(office: Office, job: JobRow) -> JobEnd:
    """Do a claimed job; whatever goes wrong with it keeps no other from being done.

    Raises only where the database is away: the claim runs out, and the job is taken up again.
    """
    try:
        DOERS[job.job_kind](AtWork(office, job))
    except LostClaimError:
        return JobEnd.LOST
    except TurnTakenError:
        return _end(office, job, None)
    except (NotAllowedError, NotInOrderError, FileGoneError) as error:
        return _end(office, job, _FAILURES[type(error)])
    except Exception as error:
        if is_unavailable(error):
            raise
        _log.error("job %s failed: %s", job.code, place_of(error))
        is_full = isinstance(error, OSError) and error.errno in _NO_SPACE
        return _end(office, job, JobFailure.NO_SPACE if is_full else JobFailure.PROGRAM)
    return JobEnd.DONE


def _end(office: Office, job: JobRow, failure: JobFailure | None) -> JobEnd:
    """Write that the job failed, or without a failure that it waits again."""
    try:
        with office.writing() as session:
            if failure is None:
                claims.give_back(session, job)
            else:
                claims.fail(session, job, failure, office.watch())
    except LostClaimError:
        return JobEnd.LOST
    return JobEnd.PUT_OFF if failure is None else JobEnd.FAILED
