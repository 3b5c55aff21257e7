"""Password hashing by argon2id (RFC 9106). It is slow by design, so callers must not hold a write lock."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()
#: Verified if there is no account, so that the response time does not reveal it.
_DUMMY_HASH = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """Return the hash to store."""
    return _hasher.hash(password)


def fits(password_hash: str | None, password: str) -> bool:
    """Return whether the password matches the hash. None matches nothing and takes as long."""
    try:
        _hasher.verify(password_hash or _DUMMY_HASH, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None
