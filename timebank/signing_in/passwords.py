"""Passwords as argon2id hashes (RFC 9106). Hashing is slow on purpose, so it is done outside of any write lock."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()
#: Checked where nobody fits, so that it takes as long as where somebody does.
_NOBODY = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """The hash to keep."""
    return _hasher.hash(password)


def fits(password_hash: str | None, password: str) -> bool:
    """Whether the password belongs to the hash; a missing hash takes as long and fits nothing."""
    try:
        _hasher.verify(password_hash or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None
