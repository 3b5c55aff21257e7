"""pg_dump and pg_restore, run as subprocesses."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import URL


class ProgramMissingError(Exception):
    """pg_dump or pg_restore is not installed; the message names the package."""


def dump(url: URL, copy: Path, moment: str) -> None:
    """Dump the database in an exported snapshot. Raises CalledProcessError or ProgramMissingError."""
    words = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={moment}", f"--file={copy}")
    with _addressed(url) as address:
        _run("pg_dump", *words, address)
    list_content(copy)


def list_content(copy: Path) -> list[str]:
    """Return the lines of a dump's table of contents, which a truncated dump lacks. Raises as `dump` does."""
    return _run("pg_restore", "--list", str(copy)).splitlines()


def restore(url: URL, copy: Path, *, replace: bool) -> None:
    """Restore a dump in one transaction, with `replace` over what is there. Raises as `dump` does."""
    words = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    if replace:
        words += ["--clean", "--if-exists"]
    with _addressed(url) as address:
        _run("pg_restore", *words, f"--dbname={address}", str(copy))


@contextmanager
def _addressed(url: URL) -> Iterator[str]:
    """Yield the URL for these programs, with the password in a temporary file rather than in the process list."""
    plain = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    with tempfile.NamedTemporaryFile("w", prefix="timebank-") as passfile:
        if url.password:
            escaped = str(url.password).replace("\\", "\\\\").replace(":", "\\:")
            passfile.write(f"*:*:*:*:{escaped}\n")
            passfile.flush()
            plain = plain.update_query_dict({"passfile": passfile.name})
        yield plain.render_as_string(hide_password=False)


def _run(program: str, *words: str) -> str:
    path = shutil.which(program)
    if path is None:
        message = f"{program} is not installed: it comes with the package postgresql-client, of the server's version"
        raise ProgramMissingError(message)
    return subprocess.run([path, *words], check=True, capture_output=True, text=True).stdout  # noqa: S603 (no shell)
