"""What a worker does with the table of jobs: claim one, say how far it is, and write what came of it.

A job is claimed in one transaction and done outside of it. Each sign of progress renews the claim; where a step writes
something, in the transaction of that. So a job that is taken up again goes on after its last step, and no step is done
twice. A worker that is killed leaves a claim that runs out.
"""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from timebank.jobs.errors import LostClaimError
from timebank.jobs.models import IS_OPEN, Job
from timebank.jobs.queries import COLUMNS, JobRow
from timebank.jobs.rules import CLAIM, KEPT, MOST_TRIES, JobFailure, JobState, JobStep


def give_up_dead(session: Session, now: datetime) -> int:
    """End the jobs whose claim ran out and that were begun often enough, as failed; return how many."""
    ended = session.execute(
        update(Job)
        .where(Job.state == JobState.RUNNING, Job.claimed_until <= now, Job.tries >= MOST_TRIES)
        .values(state=JobState.FAILED, failure=JobFailure.WORKER_DIED, claimed_until=None, ended_at=now)
        .execution_options(synchronize_session=False)
    )
    return ended.rowcount if isinstance(ended, CursorResult) else 0


def claim(session: Session, now: datetime, *, but: Collection[int] = ()) -> JobRow | None:
    """Claim the oldest job that waits or whose claim has run out, unless its id is in `but`. Commit before doing it."""
    has_run_out = (Job.state == JobState.RUNNING) & (Job.claimed_until <= now) & (Job.tries < MOST_TRIES)
    first = session.execute(
        select(Job.bank_id, Job.id, Job.started_at)
        .where(IS_OPEN, (Job.state == JobState.QUEUED) | has_run_out, Job.id.not_in(but))
        .order_by(Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if first is None:
        return None
    claimed = session.execute(
        update(Job)
        .where(Job.bank_id == first.bank_id, Job.id == first.id)
        .values(
            state=JobState.RUNNING,
            claimed_until=now + CLAIM,
            tries=Job.tries + 1,
            fence=Job.fence + 1,
            started_at=first.started_at or now,
        )
        .returning(*COLUMNS)
        .execution_options(synchronize_session=False)
    )
    return JobRow(*claimed.one())


class JobProgress(NamedTuple):
    """How far a job is: what it is at, how much of it is done, and of how much (None: not known yet)."""

    step: JobStep
    done: int
    total: int | None


def go_on(session: Session, job: JobRow, progress: JobProgress, now: datetime, outcome: Mapping[str, object]) -> None:
    """Write how far a claimed job is and what came of it so far, and renew its claim. Raises LostClaimError.

    The row stays locked until the transaction ends: what is written in it is written only while the claim holds.
    """
    step, done, total = progress
    done = done if total is None else min(done, total)
    counted = {"step": step, "done_steps": done, "total_steps": total}
    _write(session, job, {**counted, "claimed_until": now + CLAIM, "outcome": json.dumps(outcome)})


def finish(
    session: Session, job: JobRow, now: datetime, outcome: Mapping[str, object], *, file_token: str | None = None
) -> None:
    """Write that a claimed job is done, in the transaction of its result. Raises LostClaimError."""
    values = {"state": JobState.DONE, "ended_at": now, "outcome": json.dumps(outcome), "file_token": file_token}
    _write(session, job, {"claimed_until": None, **values})


def fail(session: Session, job: JobRow, failure: JobFailure, now: datetime) -> None:
    """Write that a claimed job has failed for good. Raises LostClaimError."""
    _write(session, job, {"claimed_until": None, "state": JobState.FAILED, "failure": failure, "ended_at": now})


def give_back(session: Session, job: JobRow) -> None:
    """Release a claimed job that was not begun, without counting a try. Raises LostClaimError."""
    values = {"state": JobState.QUEUED, "claimed_until": None, "tries": job.tries - 1}
    _write(session, job, values)


def cancel_open(session: Session, now: datetime) -> None:
    """Call off every open job of all banks: after a backup was put back, when nobody waits for them any more."""
    session.execute(
        update(Job)
        .where(IS_OPEN)
        .values(state=JobState.CANCELLED, claimed_until=None, ended_at=now)
        .execution_options(synchronize_session=False)
    )


def remove_old(session: Session, now: datetime) -> int:
    """Delete jobs that ended long ago; return how many."""
    removed = session.execute(delete(Job).where(Job.ended_at < now - KEPT))
    return removed.rowcount if isinstance(removed, CursorResult) else 0


def _write(session: Session, job: JobRow, values: Mapping[str, object]) -> None:
    """Change a claimed job, if the claim is still this one: each raises the fence."""
    written = session.execute(
        update(Job)
        .where(Job.bank_id == job.bank_id, Job.id == job.id, Job.state == JobState.RUNNING, Job.fence == job.fence)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if not isinstance(written, CursorResult) or written.rowcount != 1:
        raise LostClaimError
