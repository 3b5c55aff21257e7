"""One plain statement of the books through the database's own driver (see `timebank.driver`)."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from timebank import driver
from timebank.bookkeeping.refusals import refusals_named


def run(session: Session, statements: Mapping[str, str], values: Sequence[Any]) -> int:
    """Run this database's statement; gives the number of rows, or raises the refusal that the database named."""
    with refusals_named():
        return driver.run(session, statements[session.get_bind().dialect.name], values)
