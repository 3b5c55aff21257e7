"""A worker that kills itself with SIGKILL in the middle of a job, and another one that goes on.

Nobody is asked twice, no check is stored twice, and nothing is shown as done that is not.
"""

import multiprocessing
import os
import signal
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from unittest.mock import patch

from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.people import NOW, Village, join, settle
from timebank.actors import Doing, Unattended
from timebank.app import create_app
from timebank.config import Settings
from timebank.db import make_engine
from timebank.interchange.listings import COLUMNS
from timebank.jobs import claims, files
from timebank.jobs.actions import ask
from timebank.jobs.queries import find_job
from timebank.jobs.rules import CLAIM, JobKind, JobState
from timebank.listings import actions as listings
from timebank.listings.queries import get_tree
from timebank.listings.rules import ListingKind, ListingText
from timebank.matching.inviting import Line, wants_of
from timebank.web.extensions import db
from timebank.worker import checking, doing_jobs, importing, inviting
from timebank.worker.doing_jobs import do_jobs
from timebank.worker.office import Office

#: Lines of a plan, rows of a file (the last of three batches is not full), and the seconds in which a worker dies.
LINES = 4
ROWS = importing.BATCH * 2 + 7
_MOST_SECONDS = 120


#: The modules whose functions a moment names.
PLACES = {
    "checking": checking,
    "claims": claims,
    "doing_jobs": doing_jobs,
    "importing": importing,
    "inviting": inviting,
}


class Moment(Enum):
    """Where the worker dies: at the n-th call of a function of a module, before it or after it, and in which job."""

    CLAIMED = (JobKind.SEND_PLAN, "doing_jobs", "_do", 1, "before")
    BEFORE_A_LINE = (JobKind.SEND_PLAN, "inviting", "invite_line", 3, "before")
    LINE_NOT_COMMITTED = (JobKind.SEND_PLAN, "inviting", "invite_line", 3, "after")
    LINE_COMMITTED = (JobKind.SEND_PLAN, "inviting", "_send_once", 3, "after")
    BEFORE_THE_END = (JobKind.SEND_PLAN, "claims", "finish", 1, "before")
    END_NOT_COMMITTED = (JobKind.SEND_PLAN, "claims", "finish", 1, "after")
    CHECKING = (JobKind.CHECK_BOOKS, "claims", "go_on", 7, "after")
    CHECK_NOT_STORED = (JobKind.CHECK_BOOKS, "checking", "store_asked", 1, "before")
    CHECK_NOT_COMMITTED = (JobKind.CHECK_BOOKS, "claims", "finish", 1, "after")
    BEFORE_A_BATCH = (JobKind.IMPORT_LISTINGS, "importing", "_store", 1, "before")
    BATCH_NOT_COMMITTED = (JobKind.IMPORT_LISTINGS, "claims", "go_on", 2, "after")
    BATCH_COMMITTED = (JobKind.IMPORT_LISTINGS, "importing", "_store_once", 2, "after")
    IMPORT_NOT_COMMITTED = (JobKind.IMPORT_LISTINGS, "claims", "finish", 1, "after")


@dataclass
class JobFigures:
    """Counts of a run; every one but `kills` has to be 0.

    `early` were shown as done by a worker that died, `unfinished` not done by the next one, `twice` done twice or not
    at all, and `alive` taken up although the claim still held.
    """

    kills: int = 0
    early: int = 0
    unfinished: int = 0
    twice: int = 0
    alive: int = 0

    @property
    def is_right(self) -> bool:
        """Whether every job was done once, and shown as done when it was."""
        return not (self.early or self.unfinished or self.twice or self.alive)


def kill_in_jobs(settings: Settings, kills: int = 1, moments: tuple[Moment, ...] = tuple(Moment)) -> JobFigures:
    """Let a worker die so many times at each moment; return what came of the jobs. The database is empty."""
    figures, engine, app = JobFigures(), make_engine(settings.database_url), create_app(settings)
    with Session(engine, info=settings.session_info, expire_on_commit=False) as session:
        village = settle(session)
        session.commit()
        for number, moment in enumerate(moments * kills):
            before = _count(session)
            code, goal = _ask(session, village, moment.value[0], number, settings)
            _let_one_die(settings, moment)
            figures.kills += 1
            figures.early += _state(session, village, code) != JobState.RUNNING
            at_once, later = (
                Office(settings, engine, app, None, lambda later=later: NOW + later)
                for later in (timedelta(), CLAIM + timedelta(minutes=1))
            )
            figures.alive += +do_jobs(at_once) != Counter()  # the plus leaves out what is 0
            do_jobs(later)
            figures.unfinished += _state(session, village, code) != JobState.DONE
            figures.twice += _count(session) - before != goal
    with app.app_context():
        db.engine.dispose()
    engine.dispose()
    return figures


def _ask(
    session: Session, village: Village, kind: JobKind, number: int, settings: Settings
) -> tuple[str, Counter[str]]:
    """Ask for a job; return its code and what it has to leave."""
    if kind is JobKind.IMPORT_LISTINGS:
        rows = "".join(f"angus,{number}-{index},offer,Jam,20\n" for index in range(ROWS))
        with files.new_file(settings.job_files) as (token, path):
            path.write_text(f"{','.join(COLUMNS)}\n{rows}")
        code = ask(session, kind, {"file": token}, Doing(village.mary, NOW, f"import {number}"))
        session.commit()
        return code, Counter(imported=ROWS)
    if kind is JobKind.CHECK_BOOKS:
        code = ask(session, kind, {}, Doing(village.mary, NOW, f"check {number}"))
        session.commit()
        return code, Counter(books_check=1)
    listings.open_categories(session, village.angus, Unattended(village.angus.id, NOW))
    garden = get_tree(session, village.angus.id).by_key["outdoors/gardening"].id
    lines = []
    for index in range(LINES):
        doing = Doing(village.grace, NOW, f"list {number} {index}")
        request = ListingText(f"Weeding {number} {index}", "", (garden,))
        code = listings.add(session, village.angus, ListingKind.REQUEST, request, doing)
        helper = join(session, village.angus, f"Helper{number}x{index} Smith")  # nobody is asked too often
        lines.append(Line(code, helper.membership_id, None))
    job = ask(session, kind, wants_of(lines, 60), Doing(village.rosa, NOW, f"plan {number}"))
    session.commit()
    return job, Counter(invitation=LINES)


def _count(session: Session) -> Counter[str]:
    """Count what the jobs of each kind leave. Ends the transaction: on SQLite it holds the write lock."""
    tables = ("invitation", "books_check")
    counts = Counter({table: session.scalar(text(f"SELECT count(*) FROM {table}")) or 0 for table in tables})
    counts["imported"] = session.scalar(text("SELECT count(*) FROM listing WHERE source IS NOT NULL")) or 0
    session.rollback()
    return counts


def _state(session: Session, village: Village, code: str) -> str:
    job = find_job(session, village.angus.id, code)
    session.rollback()
    assert job is not None
    return job.state


def _let_one_die(settings: Settings, moment: Moment) -> None:
    """Run a worker that dies. Raises AssertionError for one that lives."""
    process = multiprocessing.get_context("spawn").Process(target=_work_and_die, args=(settings, moment))
    process.start()
    process.join(_MOST_SECONDS)
    assert process.exitcode == -signal.SIGKILL, (moment, process.exitcode)


def _work_and_die(settings: Settings, moment: Moment) -> None:
    """In a process of its own: die at the n-th call of the moment's function."""
    _kind, place, name, at_call, when = moment.value
    module = PLACES[place]
    real, calls = getattr(module, name), Counter[str]()

    def deadly(*args: object, **more: object) -> object:
        calls["made"] += 1
        if when == "before" and calls["made"] == at_call:
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*args, **more)
        if when == "after" and calls["made"] == at_call:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    office = Office(settings, make_engine(settings.database_url), create_app(settings), None, lambda: NOW)
    with patch.object(module, name, deadly):
        do_jobs(office)
