"""The site in its own process, as an administrator runs it, for tests that kill it."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from timebank.config import Settings

_RUN = "from timebank.cli import main; main()"
_SECONDS_TO_START = 60


class Site:
    """`timebank run` on a free port, with its output in a file."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings = settings
        self.log = folder / "site.log"
        self.port = _free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *wrapper: str) -> None:
        """Start serving; `wrapper` is put before the command, such as a tracer."""
        url = self.settings.database_url.render_as_string(hide_password=False)
        environment = {**os.environ, "TIMEBANK_INSTANCE": str(self.settings.instance), "TIMEBANK_DATABASE_URL": url}
        environment["TIMEBANK_LOG_FORMAT"] = self.settings.log_format
        words = [*wrapper, sys.executable, "-c", _RUN, "run", "--port", str(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(words, env=environment, stdout=log, stderr=log)
        until = time.monotonic() + _SECONDS_TO_START
        while not _answers(self.port):
            if self.process.poll() is not None or time.monotonic() > until:
                self.kill()
                raise AssertionError(self.log.read_text())
            time.sleep(0.02)

    def kill(self) -> None:
        """Send SIGKILL, so that it ends between two instructions."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
