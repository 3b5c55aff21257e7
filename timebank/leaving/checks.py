"""What must always be true of those who left and of their accounts.

Who left before accounts were closed has no closing, and is asked for nothing here.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import Session

from timebank.actors import Standing
from timebank.bookkeeping.closings import account_closings, closed_accounts
from timebank.bookkeeping.queries import select_accounts_of_kind, select_entries_of_deeds, select_moments_of_accounts
from timebank.ledger.accounts import AccountKind
from timebank.ledger.checks import CheckResult, Finding, check_result
from timebank.ledger.closings import ClosingKind
from timebank.ledger.entries import EntryKind
from timebank.members.models import Membership
from timebank.references import DeedName, Subject, parse
from timebank.trail.queries import list_doings

#: The bank, who did it, and the very moment.
_Doing = tuple[int, int | None, datetime]


def leavers_are_settled(session: Session) -> CheckResult:
    """Check that closed accounts are of members who left, and those of leavers closed, unless hours reopened them."""
    closed = closed_accounts().subquery()
    holds = and_(closed.c.bank_id == Membership.bank_id, closed.c.id == Membership.account_id)
    here = select(Membership.code, Membership.standing).join(closed, holds).where(Membership.standing != Standing.LEFT)
    wrong = [
        Finding("membership", row.code, f"it is {row.standing}, but its account is closed")
        for row in session.execute(here)
    ]
    wrong += [
        Finding("membership", code, "it has left, and its account was opened again for nothing")
        for code in _opened_for_nothing(session)
    ]
    count = session.scalar(select(func.count()).select_from(closed)) or 0
    return check_result("leavers_are_settled", count, "closed accounts", wrong)


def _opened_for_nothing(session: Session) -> list[str]:
    """Return the codes of members who left and whose account was reopened without a posting.

    Moments are compared as what they mean: on SQLite the same one can be written in two ways.
    """
    closing, newest, moment = (
        account_closings().subquery(),
        account_closings().subquery(),
        select_moments_of_accounts().subquery(),
    )
    same = and_(newest.c.bank_id == Membership.bank_id, newest.c.account_id == Membership.account_id)
    number = select(func.max(newest.c.id)).where(same).correlate(Membership).scalar_subquery()
    moved = and_(moment.c.bank_id == closing.c.bank_id, moment.c.account_id == closing.c.account_id)
    rows = session.execute(
        select(Membership.code, closing.c.recorded_at.label("opened_at"), moment.c.recorded_at.label("moved_at"))
        .select_from(Membership)
        .join(closing, and_(closing.c.bank_id == Membership.bank_id, closing.c.id == number))
        .outerjoin(moment, moved)
        .where(Membership.standing == Standing.LEFT, closing.c.kind == ClosingKind.ACCOUNT_REOPENED)
    ).all()
    return sorted({row.code for row in rows} - {row.code for row in rows if row.opened_at == row.moved_at})


def leavings_on_record(session: Session) -> CheckResult:
    """Check that every leaving on the trail closed one member's account at its moment, and nothing else did.

    Every entry of a leaving moved hours of an account that was closed at its moment, one entry at most for each.
    """
    closings = session.execute(_closings_of_members()).all()
    done = Counter[_Doing]((row.bank_id, row.recorded_by, row.recorded_at) for row in closings)
    doings = [row for deed in (DeedName.MEMBER_LEFT, DeedName.MEMBER_SETTLED) for row in list_doings(session, deed)]
    on_trail = Counter[_Doing]((row.bank_id, row.done_by, row.done_at) for row in doings)
    wrong = [
        Finding("closing", f"{bank_id}/{at.isoformat()}", "leavings on the trail and closings do not go together")
        for (bank_id, by, at) in sorted({*done, *on_trail}, key=str)
        if done[bank_id, by, at] != on_trail[bank_id, by, at]
    ]
    wrong += _entries_that_close_nothing(session, closings)
    return check_result("leavings_on_record", len(closings), "leavings", wrong)


def _closings_of_members() -> Any:  # noqa: ANN401 (a selectable of closings)
    closing = account_closings().subquery()
    same = and_(closing.c.bank_id == Membership.bank_id, closing.c.account_id == Membership.account_id)
    return select(closing).join(Membership, same).where(closing.c.kind == ClosingKind.ACCOUNT_CLOSED)


def _entries_that_close_nothing(session: Session, closings: Sequence[Row[*tuple[Any, ...]]]) -> list[Finding]:
    """Return a finding for every entry of a leaving whose member's account was not closed at the same moment."""
    leavers = {(row.bank_id, row.id) for row in session.execute(select_accounts_of_kind(AccountKind.LEAVERS))}
    free = Counter((row.bank_id, row.account_id, row.recorded_by, row.recorded_at) for row in closings)
    wrong = []
    for entry in session.execute(select_entries_of_deeds(EntryKind.LEAVING)):
        taken_over = (entry.bank_id, entry.from_account_id) in leavers
        left = entry.to_account_id if taken_over else entry.from_account_id
        closed = (entry.bank_id, left, entry.recorded_by, entry.recorded_at)
        if entry.lines != 1 or free[closed] < 1 or not _is_leaving(entry.deed):
            wrong.append(Finding("entry", entry.deed, "it is of a leaving, and closed no account"))
        free[closed] -= 1
    return wrong


def _is_leaving(deed: str) -> bool:
    reference = parse(deed)
    return reference is not None and reference.subject is Subject.LEAVING


CHECKS: Sequence[Callable[[Session], CheckResult]] = (leavers_are_settled, leavings_on_record)
