"""The files of jobs: in the instance folder, readable by their owner alone, under names that nobody can guess."""

import re
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from timebank.jobs.errors import FileGoneError

_TOKEN_BYTES = 32
_TOKEN = re.compile(r"[0-9a-f]{64}")
_HALF = ".half"


def path_of(folder: Path, token: str) -> Path:
    """Return where the file with this token lies. Raises ValueError for what is no token."""
    if not _TOKEN.fullmatch(token):
        raise ValueError(token)
    return folder / token


def find(folder: Path, token: str) -> Path:
    """Return the file with this token. Raises FileGoneError where it was deleted."""
    path = path_of(folder, token)
    if not path.is_file():
        raise FileGoneError
    return path


@contextmanager
def new_file(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield (token, path to write); at the end the file gets its name. It is deleted where the block raises."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    token = secrets.token_hex(_TOKEN_BYTES)
    half = folder / f"{token}{_HALF}"
    half.touch(mode=0o600)
    try:
        yield token, half
        half.replace(folder / token)
    finally:
        half.unlink(missing_ok=True)


def remove_others(folder: Path, tokens: Collection[str], before: float) -> int:
    """Delete the files that no job has, and that were last written before this time (seconds since 1970).

    Return how many. What a worker is writing at the moment is newer.
    """
    removed = 0
    for path in folder.iterdir() if folder.is_dir() else ():
        name = path.name.removesuffix(_HALF)
        with suppress(FileNotFoundError):  # a worker has just given it its name
            if _TOKEN.fullmatch(name) and path.name not in tokens and path.stat().st_mtime < before:
                path.unlink()
                removed += 1
    return removed
