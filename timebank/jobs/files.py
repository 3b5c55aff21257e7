"""The files of jobs: in the instance folder, readable by their owner alone, under names that nobody can guess.

A file that a member sends for a job lies there too. Its address has a key that is signed for that member of that bank,
and the file's name is the digest of the key: who can read the folder's names cannot make an address of one.
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from timebank.jobs.errors import FileGoneError

_TOKEN_BYTES = 32
_TOKEN = re.compile(r"[0-9a-f]{64}")
_HALF = ".half"
#: Letters of a key: random ones, and the signature.
_RANDOM_LETTERS, _SIGNATURE_BYTES = 32, 24


def path_of(folder: Path, token: str) -> Path:
    """Return where the file with this token lies. Raises ValueError for what is no token."""
    if not _TOKEN.fullmatch(token):
        raise ValueError(token)
    return folder / token


def new_key(secret: bytes, bank_id: int, member_id: int) -> str:
    """Return the key of a file that this member of this bank sends: 64 letters, for an address."""
    letters = secrets.token_urlsafe(_RANDOM_LETTERS * 3 // 4)
    return letters + _signature(secret, bank_id, member_id, letters)


def token_of(secret: bytes, bank_id: int, member_id: int, key: str) -> str | None:
    """Return the token of the file with this key; None where the key was made for somebody else, or by nobody."""
    letters, signature = key[:_RANDOM_LETTERS], key[_RANDOM_LETTERS:]
    if not hmac.compare_digest(signature, _signature(secret, bank_id, member_id, letters)):
        return None
    return hashlib.sha256(key.encode()).hexdigest()


def _signature(secret: bytes, bank_id: int, member_id: int, letters: str) -> str:
    signed = hmac.digest(secret, f"file of a job {bank_id} {member_id} {letters}".encode(), "sha256")
    return base64.urlsafe_b64encode(signed[:_SIGNATURE_BYTES]).decode()


def find(folder: Path, token: str) -> Path:
    """Return the file with this token. Raises FileGoneError where it was deleted."""
    path = path_of(folder, token)
    if not path.is_file():
        raise FileGoneError
    return path


@contextmanager
def new_file(folder: Path, token: str | None = None) -> Iterator[tuple[str, Path]]:
    """Yield (token, path to write); at the end the file gets its name. It is deleted where the block raises.

    Without a token the file gets a random one.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    token = token or secrets.token_hex(_TOKEN_BYTES)
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
