"""The queue between the site and its worker (huey): a file, PostgreSQL or Redis.

A queue may lose everything: a wake-up is only the sooner of two, since the worker looks each minute anyway.
"""

import logging
from collections.abc import Callable, Mapping
from threading import Lock, Thread
from urllib.parse import urlencode, urlsplit

from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from huey.serializer import SignedSerializer

from timebank.config import Settings

_log = logging.getLogger(__name__)
_NAME = "timebank"
#: What the worker does when the site rings: it sends what is due, and does the jobs that were asked for.
DELIVER, WORK = "deliver", "work"
ANSWERS = (DELIVER, WORK)
#: Seconds until the file of the queue is given up on: nobody waits longer for a page because of a wake-up.
_TIMEOUT = 2


def make_queue(settings: Settings) -> Huey:
    """Return the queue of the settings. Messages are signed with the site's secret key: nobody else's are run."""
    options = {"results": False, "serializer": SignedSerializer(secret=settings.secret_key.hex(), salt="queue")}
    if settings.queue.startswith("redis"):
        return RedisHuey(_NAME, url=_with_timeouts(settings.queue), **options)
    if settings.queue.startswith("postgresql"):
        return PostgresHuey(_NAME, dsn=settings.queue, connect_timeout=_TIMEOUT, **options)
    settings.word_models.mkdir(parents=True, exist_ok=True)
    return SqliteHuey(_NAME, filename=str(settings.word_models / "queue.db"), timeout=_TIMEOUT, **options)


def _with_timeouts(url: str) -> str:
    """Return a Redis URL with both timeouts in it: huey takes either a URL or parameters."""
    separator = "&" if urlsplit(url).query else "?"
    return f"{url}{separator}{urlencode({'socket_timeout': _TIMEOUT, 'socket_connect_timeout': _TIMEOUT})}"


def add_answers(queue: Huey, answers: Mapping[str, Callable[[], object]]) -> Callable[[], object]:
    """Register what the worker does when it is woken, and return what wakes it. Both sides name it alike.

    Each answer is a task of its own, so that a long job and a slow mail server do not wait for each other.
    """
    wakes = [_add(queue, name, answers.get(name, lambda: None)) for name in ANSWERS]

    def wake() -> None:
        for each in wakes:
            each()

    return wake


def _add(queue: Huey, name: str, answer: Callable[[], object]) -> Callable[[], object]:
    def run() -> None:
        answer()

    task: Callable[[], object] = queue.task(name=name)(run)
    return task


class Bell:
    """Wakes the worker, without keeping anybody waiting: `ring` returns at once, whatever the queue does."""

    def __init__(self, make: Callable[[], Huey]) -> None:
        """Take what makes the queue: it is made when the bell is rung first."""
        self._make = make
        self._queue: Huey | None = None
        self._wake: Callable[[], object] = lambda: None
        self._rings = Lock()

    def ring(self) -> None:
        """Ask the worker to look at the outbox and the jobs. Where the queue is away, it looks within a minute."""
        if self._rings.acquire(blocking=False):  # one that is still ringing is enough
            Thread(target=self._ring, daemon=True).start()

    def _ring(self) -> None:
        try:
            if self._queue is None:
                self._queue = self._make()
                self._wake = add_answers(self._queue, {})
            if not self._queue.pending_count():
                self._wake()
        except Exception as error:  # noqa: BLE001 (each kind of queue has its own errors)
            _log.warning("the worker could not be woken: %s", type(error).__name__)
        finally:
            self._rings.release()
