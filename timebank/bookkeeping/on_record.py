"""Who wrote each row of the books and when, for `audit` to compare with the trail.

An account was opened by the recorder of its first limit change. For rows with a second approver, `by` is the approver.
Entries of exchanges are omitted, since checks of their own compare them with the exchanges and holds.
"""

from typing import Any

from sqlalchemy import CompoundSelect, Select, and_, case, func, literal, null, or_, select, union_all

from timebank.bookkeeping.closing_models import Closing
from timebank.bookkeeping.holder_models import AccountHolder
from timebank.bookkeeping.models import Account, Entry, Hold, LimitChange
from timebank.ledger.entries import EntryKind


def deeds() -> CompoundSelect[*tuple[Any, ...]]:
    """Return a selectable of the rows of the books that have a recorder.

    Columns: by_bank_id (the bank of member `by`, which may be the other one in an entry between two banks), moment, by
    (NULL: the administrator's command line, or the sweep), bank_id, what (the table), id, number.
    """
    opened = and_(LimitChange.bank_id == Account.bank_id, LimitChange.account_id == Account.id, LimitChange.number == 1)
    accounts = select(
        Account.bank_id.label("by_bank_id"),
        Account.opened_at.label("moment"),
        LimitChange.recorded_by.label("by"),
        Account.bank_id,
        literal("account").label("what"),
        Account.id.label("id"),
        null().label("number"),
    ).outerjoin(LimitChange, opened)
    closings = select(
        Closing.bank_id,
        Closing.recorded_at,
        func.coalesce(Closing.approved_by, Closing.recorded_by),
        Closing.bank_id,
        literal("closing"),
        Closing.id,
        null(),
    )
    recorder_bank = func.coalesce(Entry.recorder_bank_id, Entry.bank_id)
    entries = select(
        case((Entry.approved_by.is_not(None), Entry.bank_id), else_=recorder_bank),
        Entry.recorded_at,
        func.coalesce(Entry.approved_by, Entry.recorded_by),
        Entry.bank_id,
        literal("entry"),
        Entry.id,
        null(),
    ).where(or_(Entry.kind != EntryKind.EXCHANGE, Entry.reverses.is_not(None)))
    return union_all(accounts, _numbered(LimitChange), _numbered(AccountHolder), closings, entries)


def _numbered(model: type[LimitChange | AccountHolder]) -> Select[*tuple[Any, ...]]:
    """Return the same columns of a table that is numbered per account."""
    return select(
        model.bank_id,
        model.recorded_at,
        model.recorded_by,
        model.bank_id,
        literal(model.__tablename__),
        model.account_id,
        model.number,
    )


def answers() -> CompoundSelect[*tuple[Any, ...]]:
    """Return a selectable of when each hold was placed and resolved. Columns: bank_id, moment, deed, id."""
    return union_all(_holds(Hold.placed_at), _holds(Hold.resolved_at).where(Hold.resolved_at.is_not(None)))


def _holds(moment: Any) -> Select[*tuple[Any, ...]]:  # noqa: ANN401 (a column of moments)
    return select(Hold.bank_id, moment.label("moment"), Hold.deed, Hold.id)
