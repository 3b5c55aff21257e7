"""All checks of all rooms, in the order in which they are read aloud."""

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy.orm import Session

from timebank.bookkeeping import checks as bookkeeping
from timebank.exchanges import checks as exchanges
from timebank.ledger.checks import CheckResult

ALL_CHECKS: Sequence[Callable[[Session], CheckResult]] = (*bookkeeping.CHECKS, *exchanges.CHECKS)


def check_books(session: Session) -> Iterator[CheckResult]:
    """Ask every check, one after the other, in one reading unit of work."""
    for check in ALL_CHECKS:
        yield check(session)
