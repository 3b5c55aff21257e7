"""Transactions that lost a conflict, and are worth doing once more."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

Result = TypeVar("Result")
#: How often a transaction is tried.
TRIES = 4
RETRIED_STATES = frozenset({"40001", "40P01"})
_UNIQUE_VIOLATION = "23505"


def with_retries(do: Callable[[], Result]) -> Result:
    """Return what `do` returns, which has a transaction of its own; where that lost a conflict, it is called again.

    Raises the DBAPIError of the last try, or at once one that no retry mends.
    """
    for _try in range(TRIES - 1):
        try:
            return do()
        except DBAPIError as error:
            if not is_worth_retrying(error):
                raise
    return do()


def is_worth_retrying(error: DBAPIError) -> bool:
    """Return whether the transaction lost a conflict, so that a retry with the same form key can succeed.

    Conflicts are serialization failures, deadlocks, and a generated primary key or random code that was taken already:
    the retry generates another. That happens once in a million exchanges.
    """
    state, diagnosis = getattr(error.orig, "sqlstate", None), getattr(error.orig, "diag", None)
    if state == _UNIQUE_VIOLATION and diagnosis is not None:
        name = str(diagnosis.constraint_name)
        return name.startswith("pk_") or name.endswith("_code")
    message = str(error.orig)
    return state in RETRIED_STATES or (message.startswith("UNIQUE constraint failed") and message.endswith(".code"))
