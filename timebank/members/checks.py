"""Invariants of memberships: their accounts, and the history of their standing."""

from collections.abc import Callable, Sequence

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from timebank.actors import Standing
from timebank.banks.models import Bank
from timebank.bookkeeping.queries import select_accounts_of_kind, select_holders_now
from timebank.ledger.accounts import AccountKind, HolderKind
from timebank.ledger.checks import CheckResult, Finding, check_result
from timebank.marks import columns_marked, is_marked
from timebank.members.models import Membership, Person, StandingChange


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


def members_as_written(session: Session) -> CheckResult:
    """Check that each membership, person and bank is as this program wrote it: who is whom, and under which name."""
    wrong, seen, books_key = list[Finding](), 0, session.info["books_key"]
    for model, name in ((Membership, Membership.code), (Person, Person.id), (Bank, Bank.slug)):
        columns = [getattr(model, column) for column in columns_marked(model)]
        for row in session.execute(select(*columns, model.mark, name.label("name")).execution_options(yield_per=5_000)):
            seen += 1
            if not is_marked(books_key, model, row):
                wrong.append(Finding(model.__tablename__, str(row.name), "it was changed after it was written"))
    return check_result("members_as_written", seen, "memberships", wrong)


def standings_as_changed(session: Session) -> CheckResult:
    """Check that the standing of every membership is that of its newest change; without one it is active.

    The holder of imported listings has left from its beginning.
    """
    same = (StandingChange.bank_id == Membership.bank_id) & (StandingChange.membership_id == Membership.id)
    newest = select(func.max(StandingChange.number)).where(same).correlate(Membership).scalar_subquery()
    first = case((Membership.is_holder, Standing.LEFT.value), else_=Standing.ACTIVE.value)
    query = (
        select(Membership.code, Membership.standing, StandingChange.standing.label("changed_to"))
        .outerjoin(StandingChange, same & (StandingChange.number == newest))
        .where(func.coalesce(StandingChange.standing, first) != Membership.standing)
    )
    wrong = [
        Finding("membership", row.code, f"it is {row.standing}, but was last changed to {row.changed_to or 'nothing'}")
        for row in session.execute(query)
    ]
    count = session.scalar(select(func.count()).select_from(StandingChange)) or 0
    return check_result("standings_as_changed", count, "changes of standing", wrong)


CHECKS: Sequence[Callable[[Session], CheckResult]] = (
    accounts_have_members,
    members_as_written,
    standings_as_changed,
)
