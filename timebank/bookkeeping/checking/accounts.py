"""Checks of accounts: floors, holds and closings."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from timebank.bookkeeping.checking.findings import count_rows, name_row
from timebank.bookkeeping.closing_models import Closing
from timebank.bookkeeping.line_sql import takes_from
from timebank.bookkeeping.models import Account, Entry, Hold, LimitChange
from timebank.ledger.checks import CheckResult, Finding, check_result
from timebank.ledger.closings import ClosingKind


def floors_on_record(session: Session) -> CheckResult:
    """Every floor equals the newest limit change and is kept, and limit changes are numbered without a gap."""
    newest = (
        select(
            LimitChange.bank_id,
            LimitChange.account_id,
            func.max(LimitChange.number).label("number"),
            func.min(LimitChange.number).label("first"),
            func.count().label("changes"),
        )
        .group_by(LimitChange.bank_id, LimitChange.account_id)
        .subquery()
    )
    change = aliased(LimitChange)
    query = (
        select(Account.bank_id, Account.id)
        .outerjoin(newest, and_(newest.c.bank_id == Account.bank_id, newest.c.account_id == Account.id))
        .outerjoin(
            change,
            and_(
                change.bank_id == Account.bank_id,
                change.account_id == Account.id,
                change.number == newest.c.number,
            ),
        )
        .where(
            or_(
                newest.c.number.is_(None),
                newest.c.number != newest.c.changes,
                newest.c.first != 1,
                change.floor.is_distinct_from(Account.floor),
                Account.balance - Account.held < Account.floor,
            )
        )
    )
    wrong = [
        Finding("account", name_row(row), "its floor is not on record, or not kept") for row in session.execute(query)
    ]
    return check_result("floors_on_record", count_rows(session, LimitChange), "limit changes", wrong)


def holds_match(session: Session) -> CheckResult:
    """An account's `held` is the sum of its open holds, and a hold is resolved once, by the entry of its own deed."""
    wrong = [*_find_wrong_sums(session), *_find_wrong_resolutions(session)]
    invalid = or_(Hold.minutes < 0, Hold.unagreed_minutes < 0, Hold.unagreed_minutes > Hold.minutes)
    odd = session.execute(select(Hold.bank_id, Hold.id).where(invalid))
    wrong += [Finding("hold", name_row(row), "its minutes are below zero or do not fit") for row in odd]
    return check_result("holds_match", count_rows(session, Hold), "holds", wrong)


def _find_wrong_sums(session: Session) -> Iterator[Finding]:
    sums = (
        select(Hold.bank_id, Hold.account_id, func.sum(Hold.minutes).label("held"))
        .where(Hold.resolved_at.is_(None))
        .group_by(Hold.bank_id, Hold.account_id)
        .subquery()
    )
    off = (
        select(Account.bank_id, Account.id, Account.held, func.coalesce(sums.c.held, 0).label("open"))
        .outerjoin(sums, and_(sums.c.bank_id == Account.bank_id, sums.c.account_id == Account.id))
        .where(Account.held != func.coalesce(sums.c.held, 0))
    )
    for row in session.execute(off):
        problem = f"holds {row.held} minutes, its open holds come to {row.open}"
        yield Finding("account", f"{row.bank_id}/{row.id}", problem)


def _find_wrong_resolutions(session: Session) -> Iterator[Finding]:
    """Yield entries whose hold is not of their deed, their moment and an account that they take from."""
    off = or_(
        Hold.id.is_(None),
        Hold.deed != Entry.deed,
        Hold.resolved_at.is_distinct_from(Entry.recorded_at),
        Entry.reverses.is_not(None),
        ~takes_from(Hold.account_id),
    )
    query = (
        select(Entry.bank_id, Entry.id)
        .outerjoin(Hold, and_(Hold.bank_id == Entry.bank_id, Hold.id == Entry.resolves))
        .where(Entry.resolves.is_not(None), off)
    )
    for row in session.execute(query):
        yield Finding("entry", name_row(row), "the hold that it resolves does not fit")


def closings_on_record(session: Session) -> CheckResult:
    """An account is closed if and only if its newest closing says so, and then is at zero; closings alternate.

    Nobody approved an entry or a closing that they recorded themselves.
    """
    closing = aliased(Closing)
    newest = (
        select(Closing.bank_id, Closing.account_id, func.max(Closing.id).label("id"))
        .where(Closing.account_id.is_not(None))
        .group_by(Closing.bank_id, Closing.account_id)
        .subquery()
    )
    closes = case((closing.kind == ClosingKind.ACCOUNT_CLOSED, closing.recorded_at))
    off = (
        select(Account.bank_id, Account.id)
        .outerjoin(newest, and_(newest.c.bank_id == Account.bank_id, newest.c.account_id == Account.id))
        .outerjoin(closing, and_(closing.bank_id == Account.bank_id, closing.id == newest.c.id))
        .where(
            or_(
                Account.closed_at.is_distinct_from(closes),
                and_(Account.closed_at.is_not(None), or_(Account.balance != 0, Account.held != 0)),
            )
        )
    )
    wrong = [Finding("account", name_row(row), "it is not as its closings say") for row in session.execute(off)]
    window: dict[str, Any] = {"partition_by": (Closing.bank_id, Closing.account_id), "order_by": Closing.id}
    before = func.coalesce(func.lag(Closing.kind).over(**window), ClosingKind.ACCOUNT_REOPENED.value)
    steps = (
        select(Closing.bank_id, Closing.id, Closing.kind, before.label("before"))
        .where(Closing.account_id.is_not(None))
        .subquery()
    )
    twice = select(steps.c.bank_id, steps.c.id).where(steps.c.before == steps.c.kind)
    wrong += [
        Finding("closing", name_row(row), "it does not follow from the one before") for row in session.execute(twice)
    ]
    for model, table in ((Entry, "entry"), (Closing, "closing")):
        alone = select(model.bank_id, model.id).where(model.approved_by == model.recorded_by)
        wrong += [Finding(table, name_row(row), "who recorded it approved it") for row in session.execute(alone)]
    return check_result("closings_on_record", count_rows(session, Closing), "closings", wrong)
