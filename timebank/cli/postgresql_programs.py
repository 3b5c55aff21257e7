"""PostgreSQL's own programs, which copy a database and put it back."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import URL


class ProgramMissingError(Exception):
    """A program of PostgreSQL's is not installed; the words name the package."""


def dump(url: URL, copy: Path, moment: str) -> None:
    """Write the database as it was at an exported moment. Raises CalledProcessError or ProgramMissingError."""
    words = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={moment}", f"--file={copy}")
    with _addressed(url) as address:
        _run("pg_dump", *words, address)
    list_content(copy)


def list_content(copy: Path) -> None:
    """Read the list of what is in a copy, as a copy that was cut off has none. Raises as `dump` does."""
    _run("pg_restore", "--list", str(copy))


def restore(url: URL, copy: Path, *, replace: bool) -> None:
    """Put a copy into the database, all of it or nothing. Raises as `dump` does."""
    words = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    if replace:
        words += ["--clean", "--if-exists"]
    with _addressed(url) as address:
        _run("pg_restore", *words, f"--dbname={address}", str(copy))


@contextmanager
def _addressed(url: URL) -> Iterator[str]:
    """The address as these programs take it.

    Everybody on the machine can read a program's words, so the password lies in a file of our own meanwhile.
    """
    plain = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    with tempfile.NamedTemporaryFile("w", prefix="timebank-") as kept:
        if url.password:
            escaped = str(url.password).replace("\\", "\\\\").replace(":", "\\:")
            kept.write(f"*:*:*:*:{escaped}\n")
            kept.flush()
            plain = plain.update_query_dict({"passfile": kept.name})
        yield plain.render_as_string(hide_password=False)


def _run(program: str, *words: str) -> None:
    found = shutil.which(program)
    if found is None:
        message = f"{program} is not installed: it comes with the package postgresql-client, of the server's version"
        raise ProgramMissingError(message)
    subprocess.run([found, *words], check=True, capture_output=True, text=True)  # noqa: S603 (no shell)
