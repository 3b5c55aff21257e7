"""Turning what a database refuses into the ledger's own named refusals, the same on both databases.

PostgreSQL names the constraint; SQLite says it in the message. Both end in the name of the rule.
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
    """The rule that the database held, as an error to raise in its place; None where it was something else."""
    if getattr(error.orig, "sqlstate", None) == _PERMISSION_DENIED:
        return errors.BooksClosedError()
    diagnosis = getattr(error.orig, "diag", None)
    said = str(diagnosis.constraint_name or "") if diagnosis is not None else str(error.orig)
    return next((kind() for rule, kind in _RULES.items() if said.endswith(rule)), None)


@contextmanager
def refusals_named() -> Iterator[None]:
    """Raise what the database refuses as the ledger's own refusal; anything else stays what it was."""
    try:
        yield
    except DBAPIError as error:
        named = refusal(error)
        if named is None:
            raise
        raise named from error


def insert_rows(session: Session, model: type[Base], rows: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
    """Insert one row or many, by column. Raises the ledger's error for a rule that one of them breaks."""
    with refusals_named():
        session.execute(insert(cast("Table", model.__table__)), rows)
