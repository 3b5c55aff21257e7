"""The worker as a process: it looks at the outbox each minute and whenever it is woken, and does its chores."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from huey import Huey, crontab
from huey.consumer import Consumer

from timebank.jobs.queue import add_answers
from timebank.worker.trouble import place_of

_log = logging.getLogger(__name__)


class Often(Enum):
    """How often a chore is done; a minute of the hour for those done hourly, so that not all begin together."""

    MINUTELY = "minutely"
    HOURLY = "hourly"
    NIGHTLY = "nightly"


#: Nightly chores begin in the hours of UTC in which the fewest are awake where the banks are.
_NIGHT = "2"
#: One for each that may take long (a job, the nightly check, the backup, sending), and one for all that is short.
THREADS = 5


@dataclass(frozen=True, slots=True)
class Chore:
    """Something that the worker does by itself; it may be done too often, and at the same time by another worker."""

    name: str
    often: Often
    do: Callable[[], object]


def add_chores(queue: Huey, chores: Sequence[Chore]) -> None:
    """Let the queue's consumer do the chores. One that fails is logged, and done again at its next time."""
    for number, chore in enumerate(chores):
        minute = str(7 * (number + 1) % 60)
        times = {
            Often.MINUTELY: crontab(minute="*"),
            Often.HOURLY: crontab(minute=minute),
            Often.NIGHTLY: crontab(minute=minute, hour=_NIGHT),
        }
        queue.periodic_task(times[chore.often], name=chore.name)(_logged(chore))


def do_all(chores: Sequence[Chore]) -> list[str]:
    """Do each chore once; return the names of those that failed."""
    return [chore.name for chore in chores if not _logged(chore)()]


def _logged(chore: Chore) -> Callable[[], bool]:
    def run() -> bool:
        try:
            chore.do()
        except Exception as error:  # noqa: BLE001 (whatever it is, the other chores go on)
            _log.error("%s failed: %s", chore.name, place_of(error))
            return False
        return True

    return run


class _Consumer(Consumer):  # type: ignore[misc]
    """A consumer that says that it is about to stop, before it waits for what its threads have at hand."""

    def __init__(self, queue: Huey, at_stop: Callable[[], object], **options: object) -> None:
        super().__init__(queue, **options)
        self._at_stop = at_stop

    def stop(self, graceful: bool = False) -> None:  # noqa: FBT001, FBT002 (the signature is huey's)
        self._at_stop()
        super().stop(graceful=graceful)


def serve(
    queue: Huey,
    chores: Sequence[Chore],
    answers: Mapping[str, Callable[[], object]],
    at_stop: Callable[[], object] = lambda: None,
) -> None:
    """Work until SIGINT (after what is at hand) or SIGTERM, then call `at_stop` first.

    `answers` are done whenever the site rings.
    """
    add_answers(queue, answers)
    add_chores(queue, chores)
    _Consumer(queue, at_stop, workers=THREADS, periodic=True, max_delay=1.0, check_worker_health=True).run()
