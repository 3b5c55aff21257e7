"""The checks of all rooms, in the order in which reports list them."""

import logging
from collections.abc import Callable, Iterator, Sequence

from sqlalchemy.orm import Session

from timebank.audit import guard_checks, row_checks, trail_checks
from timebank.bookkeeping.checking import checks as bookkeeping
from timebank.bookkeeping.checking.grants import web_role_owns_nothing
from timebank.corrections import checks as corrections
from timebank.driver import is_unavailable
from timebank.exchanges import checks as exchanges
from timebank.interchange import checks as interchange
from timebank.joining import checks as joining
from timebank.leaving import checks as leaving
from timebank.ledger.checks import CheckResult, Finding
from timebank.listings import checks as listings
from timebank.members import checks as members

_log = logging.getLogger(__name__)
Check = Callable[[Session], CheckResult]
ALL_CHECKS: Sequence[Check] = (
    *row_checks.CHECKS,
    *bookkeeping.CHECKS,
    *members.CHECKS,
    *joining.CHECKS,
    *listings.CHECKS,
    *exchanges.CHECKS,
    *interchange.CHECKS,
    *leaving.CHECKS,
    *corrections.CHECKS,
    *trail_checks.CHECKS,
    *guard_checks.CHECKS,
)
#: Those of them that read no row, but how the database is set up: they are quick, whatever the books hold.
SET_UP_CHECKS: Sequence[Check] = (*guard_checks.CHECKS, web_role_owns_nothing)


def check_books(
    session: Session, checks: Sequence[Check] = ALL_CHECKS, *, before: Callable[[str], None] = lambda _name: None
) -> Iterator[CheckResult]:
    """Run the checks one after the other in the session's transaction; yield each result.

    `before` is called with each check's name before it runs. A check never ends the run: if it raises, because somebody
    wrote a row past the guards that it cannot read or that makes its query overflow, that is its finding, and the next
    check reads a new snapshot. Only the error of a database that does not answer is raised.
    """
    for check in checks:
        before(check.__name__)
        yield _run(session, check)


def _run(session: Session, check: Check) -> CheckResult:
    try:
        return check(session)
    except Exception as error:
        if is_unavailable(error):
            raise
        _log.warning("the check %s broke off", check.__name__, exc_info=error)
        session.rollback()
        finding = Finding("the books", "a row", f"something cannot be read or computed: {_describe(error)}")
        return CheckResult(check.__name__, 0, "rows", (finding,), 1)


def _describe(error: Exception) -> str:
    """Return the error in one line; of the database's errors the message alone, without the SQL."""
    message = str(getattr(error, "orig", None) or error).strip()
    return f"{type(error).__name__}: {message.splitlines()[0] if message else 'no message'}"
