"""A worker that kills itself with SIGKILL at a step of sending, and another one that goes on.

Nothing may be lost. What was taken by the mail server, and not written down before the kill, is sent once more, with
the same Message-ID. `test_killed_worker.py` kills once at each step, `benchmarks/faults.py` fifty times.
"""

import multiprocessing
import os
import random
import signal
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from unittest.mock import patch

from sqlalchemy.orm import Session

from tests.people import NOW, make_recorded, settle
from tests.worker.server import MailServer
from timebank.app import create_app
from timebank.config import Settings
from timebank.db import make_engine
from timebank.notices.outbox import CLAIM
from timebank.web.extensions import db
from timebank.worker import sending
from timebank.worker.office import Office
from timebank.worker.sending import send_what_is_due
from timebank.worker.transports import make_transport

#: E-mails that wait at each kill, and the seconds in which a worker has to die.
WAITING = 3
_MOST_SECONDS = 300


class Step(Enum):
    """Where the worker dies: the function of `worker.sending` at whose call, before or after it."""

    BEFORE_GATHERING = ("gather", "before")
    AFTER_GATHERING = ("gather", "after")
    BEFORE_CLAIM = ("claim", "before")
    AFTER_CLAIM = ("write", "before")
    AFTER_TAKEN = ("mark_sent", "before")
    AFTER_COMMIT = ("_claim", "again")


@dataclass
class WorkerFigures:
    """Counts of a run: e-mails that had to arrive, those that did not, and those that arrived twice or more often."""

    kills: int = 0
    told: int = 0
    lost: int = 0
    repeated: int = 0
    too_often: int = 0

    @property
    def is_right(self) -> bool:
        """Whether nothing was lost, and nothing came more often than once for each kill."""
        return not self.lost and not self.too_often and self.repeated <= self.kills


def kill_workers(
    settings: Settings, server: MailServer, kills: int, steps: tuple[Step, ...] = tuple(Step)
) -> WorkerFigures:
    """Let workers die so many times at each step; return what came of the e-mails. The database is empty."""
    figures, chance = WorkerFigures(), random.Random(7)  # noqa: S311 (which e-mail, not a secret)
    engine = make_engine(settings.database_url)
    with Session(engine, info=settings.session_info, expire_on_commit=False) as session:
        village = settle(session)
        session.commit()
        app = create_app(settings)
        for number in range(kills * len(steps)):
            for which in range(WAITING):
                what = f"Help {number} {which}"
                make_recorded(
                    session, village, village.ada, (village.grace, village.linus, village.rosa)[which], what=what
                )
            session.commit()
            server.forget()
            _let_one_die(settings, steps[number % len(steps)], chance.randint(1, WAITING))
            _go_on(settings, engine, app)
            figures.kills += 1
            figures.told += WAITING
            _count(figures, server)
    with app.app_context():
        db.engine.dispose()
    engine.dispose()
    return figures


def _count(figures: WorkerFigures, server: MailServer) -> None:
    arrived = Counter(str(message["Message-ID"]) for _to, message in server.taken)
    figures.lost += WAITING - len(arrived)
    figures.repeated += sum(times - 1 for times in arrived.values())
    figures.too_often += sum(times > 2 for times in arrived.values())


def _let_one_die(settings: Settings, step: Step, at_call: int) -> None:
    """Run a worker that dies. Raises AssertionError for one that lives."""
    process = multiprocessing.get_context("spawn").Process(target=_work_and_die, args=(settings, step, at_call))
    process.start()
    process.join(_MOST_SECONDS)
    assert process.exitcode == -signal.SIGKILL, (step, process.exitcode)


def _go_on(settings: Settings, engine, app) -> None:  # type: ignore[no-untyped-def]
    """Send what is left at once, and what was claimed once the claims have run out."""
    for later in (timedelta(), CLAIM + timedelta(minutes=1)):
        send_what_is_due(Office(settings, engine, app, make_transport(settings.mail), lambda later=later: NOW + later))


def _work_and_die(settings: Settings, step: Step, at_call: int) -> None:
    """In a process of its own: die at the n-th call of the step's function, or at its first if it has no more."""
    name, when = step.value
    real, calls = getattr(sending, name), Counter[str]()

    def deadly(*args: object, **more: object) -> object:
        calls["made"] += 1
        last = at_call if name in {"write", "mark_sent"} else 1
        if when == "before" and calls["made"] == last:
            os.kill(os.getpid(), signal.SIGKILL)
        if when == "again" and calls["made"] > 1:  # all of the first claim is sent and written down
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*args, **more)
        if when == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    office = Office(
        settings, make_engine(settings.database_url), create_app(settings), make_transport(settings.mail), lambda: NOW
    )
    with patch.object(sending, name, deadly):
        send_what_is_due(office)
