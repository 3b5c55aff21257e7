"""PostgreSQL's own programs, which copy a database and put it back. The password goes to them in the environment."""

import os
import shutil
import subprocess
from pathlib import Path

from sqlalchemy.engine import URL


class ProgramMissingError(Exception):
    """A program of PostgreSQL's is not installed; the words name the package."""


def dump(url: URL, copy: Path, moment: str) -> None:
    """Write the database as it was at an exported moment. Raises CalledProcessError or ProgramMissingError."""
    words = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={moment}", f"--file={copy}")
    _run("pg_dump", *words, _address(url), url=url)
    list_content(copy)


def list_content(copy: Path) -> None:
    """Read the list of what is in a copy, as a copy that was cut off has none. Raises as `dump` does."""
    _run("pg_restore", "--list", str(copy))


def restore(url: URL, copy: Path, *, replace: bool) -> None:
    """Put a copy into the database, all of it or nothing. Raises as `dump` does."""
    words = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    if replace:
        words += ["--clean", "--if-exists"]
    _run("pg_restore", *words, f"--dbname={_address(url)}", str(copy), url=url)


def _address(url: URL) -> str:
    """The address as these programs take it, without the password, which everybody on the machine could read there."""
    plain = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    return plain.render_as_string(hide_password=False)


def _run(program: str, *words: str, url: URL | None = None) -> None:
    found = shutil.which(program)
    if found is None:
        message = f"{program} is not installed: it comes with the package postgresql-client, of the server's version"
        raise ProgramMissingError(message)
    environment = dict(os.environ)
    if url is not None and url.password:
        environment["PGPASSWORD"] = str(url.password)
    subprocess.run([found, *words], check=True, capture_output=True, text=True, env=environment)  # noqa: S603 (no shell)
