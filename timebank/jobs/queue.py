"""The queue between the site and its worker (huey): a file, PostgreSQL or Redis.

A queue may lose everything: a wake-up is only the sooner of two, since the worker looks each minute anyway.
"""

import logging
from collections.abc import Callable

from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from huey.serializer import SignedSerializer

from timebank.config import Settings

_log = logging.getLogger(__name__)
_NAME = "timebank"
#: Seconds until the file of the queue is given up on: nobody waits longer for a page because of a wake-up.
_TIMEOUT = 2


def make_queue(settings: Settings) -> Huey:
    """Return the queue of the settings. Messages are signed with the site's secret key: nobody else's are run."""
    options = {"results": False, "serializer": SignedSerializer(secret=settings.secret_key.hex(), salt="queue")}
    if settings.queue.startswith("redis"):
        return RedisHuey(_NAME, url=settings.queue, **options)
    if settings.queue.startswith("postgresql"):
        return PostgresHuey(_NAME, dsn=settings.queue, **options)
    settings.word_models.mkdir(parents=True, exist_ok=True)
    return SqliteHuey(_NAME, filename=str(settings.word_models / "queue.db"), timeout=_TIMEOUT, **options)


class Bell:
    """Wakes the worker: `ring` asks it to look at the outbox. The worker answers by `answered_by`."""

    def __init__(self, queue: Huey, answer: Callable[[], object] = lambda: None) -> None:
        """Take the queue, and in the worker what it does when it is woken."""
        self.queue = queue

        def deliver() -> None:
            answer()

        self._deliver = queue.task(name="deliver")(deliver)

    def ring(self) -> None:
        """Wake the worker. A queue that is away is logged; what waits goes out with the next minute."""
        try:
            if not self.queue.pending_count():
                self._deliver()
        except Exception as error:  # noqa: BLE001 (each kind of queue has its own errors, and none may cost anybody a page)
            _log.warning("the worker could not be woken: %s", type(error).__name__)
