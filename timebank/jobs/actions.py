"""Members ask for jobs, call them off and fetch their files."""

import json
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.actors import Doing
from timebank.db import insert_into
from timebank.errors import NotAllowedError, NotVisibleError
from timebank.jobs.errors import FileGoneError, JobEndedError, JobStandsError
from timebank.jobs.models import IS_OPEN, Job
from timebank.jobs.queries import find_open
from timebank.jobs.rules import JobKind, JobState, may_ask, may_cancel
from timebank.references import DeedName, Ref, Subject
from timebank.rows import find_locked
from timebank.trail import actions as trail

#: Key of `Session.info`: whether something was asked of the worker, which is woken after the commit.
HAS_ASKED = "has_asked_the_worker"


def ask(session: Session, kind: JobKind, wants: Mapping[str, object], doing: Doing) -> str:
    """Ask the worker for a job; return its code. `wants` are codes and numbers, as JSON holds them.

    Raises NotAllowedError, or JobStandsError where the bank has an open job of this kind.
    """
    code, content = codes.new_reference(), {"kind": kind, **wants}
    first = trail.begin(session, doing, DeedName.JOB_ASKED_FOR, Ref(Subject.JOB, code), content, is_new=True)
    if first is not None:
        return first
    if not may_ask(doing.by, kind):
        raise NotAllowedError
    values = {
        "bank_id": doing.bank_id,
        "id": clock.next_id(),
        "code": code,
        "kind": kind,
        "state": JobState.QUEUED,
        "asked_by": doing.doer_id,
        "asked_at": doing.now,
        "parameters": json.dumps(wants),
    }
    adding = insert_into(session, Job).values(values)
    adding = adding.on_conflict_do_nothing(index_elements=[Job.bank_id, Job.kind], index_where=IS_OPEN)
    added = session.execute(adding.returning(Job.id))
    if added.one_or_none() is None:
        standing = find_open(session, doing.bank_id, kind)
        raise JobStandsError(code=standing.code if standing is not None else "")
    session.info[HAS_ASKED] = True
    return code


def cancel(session: Session, code: str, doing: Doing) -> None:
    """Call an open job off. What it has done already stays done; a worker that is at it stops at its next step.

    Raises NotVisibleError, NotAllowedError or JobEndedError.
    """
    if trail.is_repeat(session, doing, DeedName.JOB_CANCELLED, Ref(Subject.JOB, code)):
        return
    job = _lock(session, doing.bank_id, code)
    if not may_cancel(doing.by, JobKind(job.kind), asked_by=job.asked_by):
        raise NotAllowedError
    if job.state not in {JobState.QUEUED, JobState.RUNNING}:
        raise JobEndedError
    job.state, job.claimed_until, job.ended_at = JobState.CANCELLED, None, doing.now
    session.flush()


def fetch_file(session: Session, code: str, doing: Doing) -> str:
    """Write down that the actor fetches a job's file; return its token.

    Raises NotVisibleError, NotAllowedError or FileGoneError.
    """
    trail.begin(session, doing, DeedName.JOB_FILE_FETCHED, Ref(Subject.JOB, code))
    job = _lock(session, doing.bank_id, code)
    if not may_ask(doing.by, JobKind(job.kind)):
        raise NotAllowedError
    if job.state != JobState.DONE or job.file_token is None:
        raise FileGoneError
    return job.file_token


def _lock(session: Session, bank_id: int, code: str) -> Job:
    job = find_locked(session, select(Job).where(Job.bank_id == bank_id, Job.code == code))
    if job is None:
        raise NotVisibleError(code)
    return job
