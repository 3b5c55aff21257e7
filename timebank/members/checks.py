"""What must always be true between memberships and the books."""

from collections.abc import Callable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timebank.bookkeeping.queries import list_accounts_of_kind
from timebank.ledger.accounts import AccountKind
from timebank.ledger.checks import CheckResult, Finding
from timebank.members.models import Membership


def accounts_have_members(session: Session) -> CheckResult:
    """Every membership has an account of a member, and every member's account its membership."""
    accounts = list_accounts_of_kind(AccountKind.MEMBER).subquery()
    same = (accounts.c.bank_id == Membership.bank_id) & (accounts.c.id == Membership.account_id)
    query = (
        select(accounts.c.bank_id, accounts.c.id, Membership.code)
        .join(Membership, same, full=True)
        .where(accounts.c.id.is_(None) | Membership.code.is_(None))
    )
    wrong = [
        Finding("membership", row.code, "it has no member's account")
        if row.code
        else Finding("account", f"{row.bank_id}/{row.id}", "no membership holds it")
        for row in session.execute(query)
    ]
    count = session.scalar(select(func.count()).select_from(Membership)) or 0
    return CheckResult("accounts_have_members", count, "memberships", tuple(wrong[:20]), len(wrong))


CHECKS: Sequence[Callable[[Session], CheckResult]] = (accounts_have_members,)
