"""What the books say was done, by whom and when, for others to hold against what they know of it.

Of an account its first limit change says who opened it; of what a second person approved, that person did the last
part of it. Entries of exchanges are left aside here: their exchanges and holds vouch for them.
"""

from typing import Any

from sqlalchemy import CompoundSelect, Select, and_, func, literal, null, or_, select, union_all

from timebank.bookkeeping.closing_models import Closing
from timebank.bookkeeping.models import Account, Entry, Hold, LimitChange
from timebank.ledger.entries import EntryKind


def deeds() -> CompoundSelect[*tuple[Any, ...]]:
    """Rows of the books with somebody's name on them.

    Columns: bank_id, moment, by (None: the administrator's command line, or time), what (the table), id, number.
    """
    opened = and_(LimitChange.bank_id == Account.bank_id, LimitChange.account_id == Account.id, LimitChange.number == 1)
    accounts = select(
        Account.bank_id,
        Account.opened_at.label("moment"),
        LimitChange.recorded_by.label("by"),
        literal("account").label("what"),
        Account.id.label("id"),
        null().label("number"),
    ).outerjoin(LimitChange, opened)
    changes = select(
        LimitChange.bank_id,
        LimitChange.recorded_at,
        LimitChange.recorded_by,
        literal("limit_change"),
        LimitChange.account_id,
        LimitChange.number,
    )
    closings = select(
        Closing.bank_id,
        Closing.recorded_at,
        func.coalesce(Closing.approved_by, Closing.recorded_by),
        literal("closing"),
        Closing.id,
        null(),
    )
    entries = select(
        Entry.bank_id,
        Entry.recorded_at,
        func.coalesce(Entry.approved_by, Entry.recorded_by),
        literal("entry"),
        Entry.id,
        null(),
    ).where(or_(Entry.kind != EntryKind.EXCHANGE, Entry.reverses.is_not(None)))
    return union_all(accounts, changes, closings, entries)


def answers() -> CompoundSelect[*tuple[Any, ...]]:
    """When each hold was placed, and when it was resolved. Columns: bank_id, moment, deed, id."""
    return union_all(_holds(Hold.placed_at), _holds(Hold.resolved_at).where(Hold.resolved_at.is_not(None)))


def _holds(moment: Any) -> Select[*tuple[Any, ...]]:  # noqa: ANN401 (a column of moments)
    return select(Hold.bank_id, moment.label("moment"), Hold.deed, Hold.id)
