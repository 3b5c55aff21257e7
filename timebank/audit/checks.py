"""The checks of all rooms, in the order in which reports list them."""

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy.exc import InterfaceError, OperationalError, StatementError
from sqlalchemy.orm import Session

from timebank.audit import trail_checks
from timebank.bookkeeping.checking import checks as bookkeeping
from timebank.corrections import checks as corrections
from timebank.exchanges import checks as exchanges
from timebank.interchange import checks as interchange
from timebank.joining import checks as joining
from timebank.leaving import checks as leaving
from timebank.ledger.checks import CheckResult, Finding
from timebank.listings import checks as listings
from timebank.members import checks as members

Check = Callable[[Session], CheckResult]
ALL_CHECKS: Sequence[Check] = (
    *bookkeeping.CHECKS,
    *members.CHECKS,
    *joining.CHECKS,
    *listings.CHECKS,
    *exchanges.CHECKS,
    *interchange.CHECKS,
    *leaving.CHECKS,
    *corrections.CHECKS,
    *trail_checks.CHECKS,
)


def check_books(
    session: Session, checks: Sequence[Check] = ALL_CHECKS, *, before: Callable[[str], None] = lambda _name: None
) -> Iterator[CheckResult]:
    """Run the checks one after the other in the session's transaction; yield each result.

    `before` is called with each check's name before it runs. A row that cannot be decoded, because somebody wrote it
    past the guards, becomes a finding of the check instead of an exception.
    """
    for check in checks:
        before(check.__name__)
        try:
            yield check(session)
        except (OperationalError, InterfaceError):
            raise  # the database is not reachable, which is no finding
        except (ValueError, TypeError, StatementError, MemoryError, OverflowError) as error:
            session.rollback()
            finding = Finding("the books", "a row", f"there is something that cannot be read: {error}")
            yield CheckResult(check.__name__, 0, "rows", (finding,), 1)
