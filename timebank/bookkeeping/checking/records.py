"""Checks of rows besides entries: openings of accounts, closings, and the order of seals.

They also cover rows that were written after the last seal.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, and_, extract, func, or_, select
from sqlalchemy.orm import Session, aliased

from timebank import clock
from timebank.bookkeeping.checking.findings import count_rows, name_row
from timebank.bookkeeping.closing_models import Closing
from timebank.bookkeeping.models import Account, Entry, Hold, LimitChange
from timebank.bookkeeping.sealing.models import Leaf, Seal
from timebank.ledger.checks import CheckResult, Finding, check_result
from timebank.ledger.closings import ClosingKind
from timebank.ledger.leaves import LeafKind

#: How much lower an entry's id may be than those sealed before it: it may not have been committed then, and a clock may
#: be wrong by hours.
LATE = clock.id_span(timedelta(days=1))


def accounts_on_record(session: Session) -> CheckResult:
    """Every account was opened with its first limit change, and limit changes, holds and closings have accounts."""
    first = and_(LimitChange.bank_id == Account.bank_id, LimitChange.account_id == Account.id, LimitChange.number == 1)
    unopened = (
        select(Account.bank_id, Account.id)
        .outerjoin(LimitChange, first)
        .where(Account.opened_at.is_distinct_from(LimitChange.recorded_at))
    )
    wrong = [
        Finding("account", name_row(row), "it was not opened when its first limit was set")
        for row in session.execute(unopened)
    ]
    for model, key in (
        (LimitChange, (LimitChange.bank_id, LimitChange.account_id, LimitChange.number)),
        (Hold, (Hold.bank_id, Hold.id)),
        (Closing, (Closing.bank_id, Closing.id)),
    ):
        its = and_(Account.bank_id == model.bank_id, Account.id == model.account_id)
        stray = select(*key).outerjoin(Account, its).where(model.account_id.is_not(None), Account.id.is_(None))
        table = model.__tablename__
        wrong += [Finding(table, name_row(row), "its account is missing") for row in session.execute(stray)]
    return check_result("accounts_on_record", count_rows(session, Account), "accounts", wrong)


def closings_are_whole(session: Session) -> CheckResult:
    """Every closing is of an account, or of a month with its figures and a second approver; a month has at most one."""
    is_month = Closing.kind == ClosingKind.MONTH_SIGNED_OFF
    off = or_(
        is_month != Closing.account_id.is_(None),
        is_month != Closing.month.is_not(None),
        is_month != Closing.figures.is_not(None),
        and_(is_month, Closing.approved_by.is_(None)),
        and_(is_month, extract("day", Closing.month) != 1),
    )
    wrong = [
        Finding("closing", name_row(row), "it does not say what was closed, or who said so")
        for row in session.execute(select(Closing.bank_id, Closing.id).where(off))
    ]
    twice = (
        select(Closing.bank_id, Closing.month)
        .where(Closing.month.is_not(None))
        .group_by(Closing.bank_id, Closing.month)
        .having(func.count() > 1)
    )
    wrong += [
        Finding("closing", name_row(row), "the month was signed off more than once") for row in session.execute(twice)
    ]
    return check_result("closings_are_whole", count_rows(session, Closing), "closings", wrong)


def sealed_in_order(session: Session) -> CheckResult:
    """No entry was inserted later than its id says: ids rise with time, and so does the order of sealing."""
    wrong, seals, newest = list[Finding](), 0, dict[int, int]()
    for seal in session.execute(_entries_of_seals()):
        seals += 1
        latest = newest.get(seal.bank_id, seal.oldest or 0)
        if seal.oldest is not None and seal.oldest < latest - LATE:
            wrong += _sealed_late(session, seal, latest - LATE)
        newest[seal.bank_id] = max(latest, seal.newest or 0)
    for bank_id, latest in newest.items():
        wrong += _never_sealed(session, bank_id, latest - LATE)
    return check_result("sealed_in_order", seals, "seals", wrong)


def _entries_of_seals() -> Any:  # noqa: ANN401 (a selectable)
    """Return a selectable of each seal's lowest and highest entry id, in the order of sealing.

    Within a seal entries are in the order of their ids, so the first and the last leaf are read.
    """
    start = func.coalesce(func.lag(Seal.size).over(partition_by=Seal.bank_id, order_by=Seal.number), 0)
    seals = select(Seal.bank_id, Seal.number, start.label("start"), Seal.size).subquery()
    inside = select(Leaf.subject_id).where(
        Leaf.bank_id == seals.c.bank_id,
        Leaf.number >= seals.c.start,
        Leaf.number < seals.c.size,
        Leaf.kind == LeafKind.ENTRY.value,
    )
    oldest = inside.order_by(Leaf.number).limit(1).correlate(seals).scalar_subquery()
    newest = inside.order_by(Leaf.number.desc()).limit(1).correlate(seals).scalar_subquery()
    return select(*seals.c, oldest.label("oldest"), newest.label("newest")).order_by(seals.c.bank_id, seals.c.number)


def _sealed_late(session: Session, seal: Row[*tuple[Any, ...]], before: int) -> Iterator[Finding]:
    query = select(Leaf.subject_id).where(
        Leaf.bank_id == seal.bank_id,
        Leaf.number.between(seal.start, seal.size - 1),
        Leaf.kind == LeafKind.ENTRY.value,
        Leaf.subject_id < before,
    )
    for entry_id in session.scalars(query):
        yield Finding("entry", f"{seal.bank_id}/{entry_id}", "entries that came after it were sealed without it")


def _never_sealed(session: Session, bank_id: int, before: int) -> Iterator[Finding]:
    """Yield unsealed entries with ids below `before`; lists them only if there are more such entries than leaves."""
    leaf = aliased(Leaf)
    old = (Entry.bank_id == bank_id, Entry.id < before)
    entries = session.scalar(select(func.count()).select_from(Entry).where(*old)) or 0
    of_entries = (leaf.bank_id == bank_id, leaf.kind == LeafKind.ENTRY.value)
    leaves = session.scalar(select(func.count()).select_from(leaf).where(*of_entries, leaf.subject_id < before)) or 0
    if entries <= leaves:
        return
    sealed = select(leaf.number).where(*of_entries, leaf.subject_id == Entry.id).exists()
    for entry_id in session.scalars(select(Entry.id).where(*old, ~sealed)):
        yield Finding("entry", f"{bank_id}/{entry_id}", "entries that came after it were sealed without it")
