"""What must always be true of applications."""

from collections.abc import Callable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timebank.joining.models import Application
from timebank.joining.rules import Stage
from timebank.ledger.checks import CheckResult, Finding, check_result


def admitted_have_memberships(session: Session) -> CheckResult:
    """Check that every admitted application has its membership, and no other has one."""
    admitted = Application.stage == Stage.ADMITTED
    query = select(Application.code, Application.stage).where(admitted != Application.membership_id.is_not(None))
    wrong = [
        Finding("application", row.code, f"it is {row.stage}, and its membership does not fit that")
        for row in session.execute(query)
    ]
    count = session.scalar(select(func.count()).select_from(Application)) or 0
    return check_result("admitted_have_memberships", count, "applications", wrong)


CHECKS: Sequence[Callable[[Session], CheckResult]] = (admitted_have_memberships,)
