"""Invariants of memberships: their accounts, and the history of their standing."""

from collections.abc import Callable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timebank.bookkeeping.queries import select_accounts_of_kind, select_holders_now
from timebank.ledger.accounts import AccountKind, HolderKind
from timebank.ledger.checks import CheckResult, Finding, check_result
from timebank.members.models import Membership, StandingChange


def accounts_have_members(session: Session) -> CheckResult:
    """Check that every membership holds a member's account, and every member's account has its membership."""
    accounts = select_accounts_of_kind(AccountKind.MEMBER).subquery()
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
    held = select_holders_now().subquery()
    its = (held.c.bank_id == Membership.bank_id) & (held.c.account_id == Membership.account_id)
    is_another = (held.c.kind == HolderKind.MEMBER) & (held.c.holder_id != Membership.id)
    others = select(Membership.code).join(held, its).where(is_another)
    wrong += [Finding("membership", code, "somebody else holds its account") for code in session.scalars(others)]
    count = session.scalar(select(func.count()).select_from(Membership)) or 0
    return check_result("accounts_have_members", count, "memberships", wrong)


def standings_as_changed(session: Session) -> CheckResult:
    """Check that the standing of every membership is that of its newest change."""
    same = (StandingChange.bank_id == Membership.bank_id) & (StandingChange.membership_id == Membership.id)
    newest = select(func.max(StandingChange.number)).where(same).correlate(Membership).scalar_subquery()
    query = (
        select(Membership.code, Membership.standing, StandingChange.standing.label("changed_to"))
        .join(StandingChange, same & (StandingChange.number == newest))
        .where(StandingChange.standing != Membership.standing)
    )
    wrong = [
        Finding("membership", row.code, f"it is {row.standing}, but was last changed to {row.changed_to}")
        for row in session.execute(query)
    ]
    count = session.scalar(select(func.count()).select_from(StandingChange)) or 0
    return check_result("standings_as_changed", count, "changes of standing", wrong)


CHECKS: Sequence[Callable[[Session], CheckResult]] = (
    accounts_have_members,
    standings_as_changed,
)
