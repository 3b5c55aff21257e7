"""Errors that a terminal gets in one line instead of a traceback, since no bug is their cause."""

from errno import EPIPE

from sqlalchemy.exc import InterfaceError, OperationalError

from timebank.cli.setting_up import CannotSetUpError
from timebank.db import UnsafeDatabaseError
from timebank.worker.dkim_signing import BadDkimKeyError


def one_line(error: Exception) -> str | None:
    """Return the line for an error; None for one that nobody expects, whose traceback is needed."""
    if isinstance(error, BadDkimKeyError | CannotSetUpError | UnsafeDatabaseError):
        return str(error)
    if isinstance(error, OperationalError | InterfaceError):
        reason = next(iter(str(error.orig).splitlines()), "")
        return f"the database does not do it: {reason}. What was not finished was not stored."
    if isinstance(error, OSError) and error.strerror and error.errno != EPIPE:  # click deals with a closed pipe
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return None
