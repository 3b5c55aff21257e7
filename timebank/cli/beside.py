"""The worker beside a site that one command serves: a process of its own, which ends with it."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from timebank.config import Settings
from timebank.worker.dkim_signing import read_signer

#: Seconds between looks at whether the site is still there.
_LOOKS = 2.0


@contextmanager
def worker_beside(settings: Settings) -> Iterator[None]:
    """Run a worker with these settings as long as the block lasts. Raises BadDkimKeyError."""
    read_signer(settings)  # a bad key is reported here, and not by the process beside
    process = multiprocessing.get_context("spawn").Process(
        target=_work, args=(settings, os.getpid()), name="timebank worker", daemon=True
    )
    process.start()
    try:
        yield
    finally:
        process.terminate()
        process.join()


def _work(settings: Settings, site: int) -> None:
    from timebank.cli.working import work  # noqa: PLC0415 (in the new process)

    threading.Thread(target=_end_with, args=(site,), daemon=True).start()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    work(settings)


def _end_with(site: int) -> None:
    """End this process once the site's is gone, even if it was killed."""
    while os.getppid() == site:
        threading.Event().wait(_LOOKS)
    os.kill(os.getpid(), signal.SIGTERM)
