"""Queries of jobs, for their pages and for the worker."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timebank.jobs.models import IS_OPEN, Job
from timebank.jobs.rules import JobKind, JobState, OfJob, seen_at
from timebank.rows import Page, columns_of, fetch_first, fetch_page

JOBS_A_PAGE = 25


@dataclass(frozen=True, slots=True)
class JobRow(OfJob):
    """A job as its table has it."""

    bank_id: int
    id: int
    code: str
    kind: str
    state: str
    asked_by: int
    asked_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    step: str | None
    done_steps: int
    total_steps: int | None
    parameters: str
    outcome: str
    failure: str | None
    claimed_until: datetime | None
    tries: int
    fence: int
    file_token: str | None

    @property
    def job_kind(self) -> JobKind:
        """The kind as the enum's member."""
        return JobKind(self.kind)

    @property
    def wants(self) -> dict[str, Any]:
        """What was asked for: codes and numbers."""
        return dict(json.loads(self.parameters))

    @property
    def facts(self) -> dict[str, Any]:
        """What came of it so far: codes and numbers."""
        return dict(json.loads(self.outcome))

    @property
    def seen_at(self) -> datetime | None:
        """When the worker gave the last sign of a running job; None for others."""
        return seen_at(self.claimed_until) if self.claimed_until is not None else None


COLUMNS = columns_of(Job, JobRow)


def find_job(session: Session, bank_id: int, code: str) -> JobRow | None:
    """Return the bank's job with this code; None if there is none."""
    return fetch_first(session, select(*COLUMNS).where(Job.bank_id == bank_id, Job.code == code), JobRow)


def find_open(session: Session, bank_id: int, kind: JobKind) -> JobRow | None:
    """Return the bank's open job of this kind; None if there is none."""
    of_kind = (Job.bank_id == bank_id, Job.kind == kind, IS_OPEN)
    return fetch_first(session, select(*COLUMNS).where(*of_kind), JobRow)


def list_jobs(
    session: Session, bank_id: int, kinds: Sequence[JobKind], *, below: int | None = None, size: int = JOBS_A_PAGE
) -> Page[JobRow]:
    """Return a page of the bank's jobs of these kinds, newest first, beginning below an id."""
    query = select(*COLUMNS).where(Job.bank_id == bank_id, Job.kind.in_(kinds)).order_by(Job.id.desc())
    return fetch_page(session, query if below is None else query.where(Job.id < below), JobRow, size)


def find_oldest_waiting_at(session: Session) -> datetime | None:
    """Return since when the oldest job of all banks waits to be begun; None where none does."""
    return session.scalar(select(func.min(Job.asked_at)).where(Job.state == JobState.QUEUED))


def list_file_tokens(session: Session) -> set[str]:
    """Return the names of all files that belong to a job of any bank: results, and what open jobs read."""
    results = session.scalars(select(Job.file_token).where(Job.file_token.is_not(None)))
    reading = session.scalars(select(Job.parameters).where(Job.kind == JobKind.IMPORT_LISTINGS, IS_OPEN))
    return {str(token) for token in results} | {json.loads(wants)["file"] for wants in reading}
