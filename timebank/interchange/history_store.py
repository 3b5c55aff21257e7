"""Posting of a planned history import, in the transaction in which it was planned."""

from datetime import datetime

from sqlalchemy.orm import Session

from timebank.actors import Actor, Doing, may_coordinate
from timebank.banks.models import Bank
from timebank.bookkeeping import actions as bookkeeping
from timebank.bookkeeping.actions import NewEntry
from timebank.bookkeeping.audit_queries import accounts_as_they_stand
from timebank.bookkeeping.many import post_many
from timebank.bookkeeping.opening import open_account
from timebank.errors import NotAllowedError
from timebank.interchange.history import HistoryRow
from timebank.interchange.history_plan import OPENING, HistoryPlan
from timebank.ledger.accounts import AccountKind
from timebank.ledger.entries import HISTORY, Line
from timebank.members.newcomers import take_in
from timebank.references import DeedName, Ref, Subject
from timebank.trail import actions as trail

DEED = "history.imported"
_REASON = "history brought in from other books"
_NO_FLOOR = "no limit: history brought in from other books"


def store(session: Session, bank: Bank, plan: HistoryPlan, doing: Doing, *, no_floor: bool) -> int:
    """Post the planned entries; return their number. The actor is recorded as the recorder of each.

    Raises NotAllowedError unless the actor coordinates the bank, FloorReachedError and other refusals of the books; the
    caller must then roll back.
    """
    by, now = doing.by, doing.now
    if by.bank_id != bank.id or not may_coordinate(by):
        raise NotAllowedError
    if not plan.moves:
        return 0
    trail.begin(session, doing, DeedName.HISTORY_IMPORTED, Ref(Subject.BANK, bank.slug))
    accounts = {id_: id_ for id_ in plan.totals if id_ > 0}
    floor, reason = (None, _NO_FLOOR) if no_floor else (bank.member_floor, _REASON)
    opened = take_in(session, bank, plan.newcomers, doing.part_of_it(), floor=floor, reason=reason)
    accounts |= {-at: account_id for at, account_id in enumerate(opened, start=1)}
    rows = session.execute(accounts_as_they_stand(bank.id)).all()
    if any(OPENING in move[1:] for move in plan.moves):
        existing = [row.id for row in rows if row.kind == AccountKind.OPENING]
        accounts[OPENING] = existing[0] if existing else _open_opening(session, bank, by, now)
    if no_floor:
        for row in rows:
            if row.id in plan.totals and row.kind == AccountKind.MEMBER and row.floor is not None:
                bookkeeping.change_limit(session, bank.id, row.id, None, reason=_NO_FLOOR, by=by.membership_id, now=now)
    entries = [
        _entry(row, Line(accounts[source], accounts[target], row.minutes), by, now)
        for row, source, target in plan.moves
    ]
    post_many(session, entries)
    return len(entries)


def _open_opening(session: Session, bank: Bank, by: Actor, now: datetime) -> int:
    """Open the account that opening balances are posted against, without a floor; return its id."""
    return open_account(
        session, bank.id, AccountKind.OPENING, bank.id, floor=None, reason=_REASON, by=by.membership_id, now=now
    )


def _entry(row: HistoryRow, line: Line, by: Actor, now: datetime) -> NewEntry:
    return NewEntry(
        bank_id=by.bank_id,
        key=HISTORY + row.key,
        kind=row.kind,
        lines=(line,),
        occurred_on=row.day,
        recorded_at=now,
        recorded_by=by.membership_id,
        deed=HISTORY + row.key,
        words=row.note or None,
    )
