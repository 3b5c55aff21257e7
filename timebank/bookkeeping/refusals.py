"""Translation of database errors into the ledger's errors, the same on both databases.

PostgreSQL reports the constraint's name, SQLite has it in the message. Both end in `message_id` of the ledger's error.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from timebank.db import Base
from timebank.ledger import errors

_RULES: dict[str, type[errors.LedgerError]] = {
    kind.message_id: kind
    for kind in (
        errors.NoLinesError,
        errors.NotMinutesError,
        errors.SameAccountError,
        errors.NoSuchAccountError,
        errors.NoSuchMemberError,
        errors.FloorReachedError,
        errors.NotAMirrorError,
        errors.AlreadyReversedError,
        errors.HoldResolvedError,
        errors.AccountClosedError,
        errors.SecondApproverError,
        errors.EntryNotWholeError,
        errors.BooksClosedError,
        errors.NotSealedInOrderError,
    )
}
_PERMISSION_DENIED = "42501"


def refusal(error: DBAPIError) -> errors.LedgerError | None:
    """Return the ledger's error for the rule that the database enforced; None for any other database error."""
    if getattr(error.orig, "sqlstate", None) == _PERMISSION_DENIED:
        return errors.BooksClosedError()
    diagnosis = getattr(error.orig, "diag", None)
    constraint = str(diagnosis.constraint_name or "") if diagnosis is not None else str(error.orig)
    return next((kind() for rule, kind in _RULES.items() if constraint.endswith(rule)), None)


@contextmanager
def refusals_named() -> Iterator[None]:
    """Raise the ledger's error for a rule that the database enforced; other errors pass through."""
    try:
        yield
    except DBAPIError as error:
        named = refusal(error)
        if named is None:
            raise
        raise named from error


def insert_rows(session: Session, model: type[Base], rows: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
    """Insert a row or a list of rows, given by column. Raises the LedgerError of the rule that one of them breaks."""
    with refusals_named():
        session.execute(insert(cast("Table", model.__table__)), rows)
