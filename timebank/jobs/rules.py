"""Rules of jobs: what they can be, who may ask for, see and call off which, and how long each is kept."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from timebank.actors import Actor, may_audit, may_broker, may_coordinate
from timebank.states import InState

#: How long a claim holds. Each sign of progress renews it.
CLAIM = timedelta(minutes=15)
#: A job that was begun so often, and whose worker died each time, has failed.
MOST_TRIES = 2
#: How long a job and its file are kept after it ended.
KEPT = timedelta(days=7)
#: A job that waits for so long waits for a worker that does not run.
WAITS_LONG = timedelta(minutes=2)
#: A running job that gave no sign for so long may have lost its worker.
SILENT = timedelta(minutes=3)


class JobKind(StrEnum):
    """What a job does."""

    CHECK_BOOKS = "check_books"
    EXPORT_BOOKS = "export_books"
    SEND_PLAN = "send_plan"
    IMPORT_LISTINGS = "import_listings"


class JobState(StrEnum):
    """Whether a job waits for the worker, is being done, or has ended, and how."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class JobStep(StrEnum):
    """What a job is at; what its steps count goes with it."""

    CHECKS = "checks"
    STORING = "storing"
    ENTRIES = "entries"
    REQUESTS = "requests"
    LISTINGS = "listings"


class JobFailure(StrEnum):
    """Why a job failed."""

    BOOKS_NOT_IN_ORDER = "books_not_in_order"
    NOT_ALLOWED = "not_allowed"
    NO_SPACE = "no_space"
    FILE_GONE = "file_gone"
    PROGRAM = "program"
    WORKER_DIED = "worker_died"


class OfJob:
    """Questions about the state of a job, for objects with the field `state`."""

    __slots__ = ()

    is_queued = InState("state", JobState.QUEUED)
    is_running = InState("state", JobState.RUNNING)
    is_open = InState("state", JobState.QUEUED, JobState.RUNNING)
    is_done = InState("state", JobState.DONE)
    has_failed = InState("state", JobState.FAILED)
    is_cancelled = InState("state", JobState.CANCELLED)


#: Who may ask for a job of each kind, and see it and what came of it: whoever may do the same at once on a page.
PERMISSIONS: Mapping[JobKind, Callable[[Actor], bool]] = {
    JobKind.CHECK_BOOKS: may_audit,
    JobKind.EXPORT_BOOKS: may_audit,
    JobKind.SEND_PLAN: may_broker,
    JobKind.IMPORT_LISTINGS: may_coordinate,
}


def may_ask(actor: Actor, kind: JobKind) -> bool:
    """Return whether the actor may ask for a job of this kind, in person."""
    return actor.hand is None and PERMISSIONS[kind](actor)


def may_cancel(actor: Actor, kind: JobKind, *, asked_by: int) -> bool:
    """Return whether the actor may call the job off: who asked for it, or a coordinator."""
    return may_ask(actor, kind) and (actor.membership_id == asked_by or may_coordinate(actor))


def seen_at(claimed_until: datetime) -> datetime:
    """Return when a running job gave its last sign of progress."""
    return claimed_until - CLAIM
