"""What must always be true between exchanges and the books."""

from collections.abc import Callable, Sequence

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from timebank.bookkeeping.queries import list_entries_of_deeds
from timebank.exchanges.models import Exchange
from timebank.exchanges.rules import State
from timebank.ledger.checks import CheckResult, Finding
from timebank.ledger.entries import EntryKind

_MOVED = (State.CONFIRMED, State.DECIDED, State.REVERSED)


def exchanges_have_entries(session: Session) -> CheckResult:
    """Every exchange whose hours moved has its entry, the same in sides and minutes, and every such entry its exchange.

    A reversed exchange has the entry that took it back as well; no other exchange has one.
    """
    deeds = list_entries_of_deeds(EntryKind.EXCHANGE).subquery()
    reference = literal("exchange:").concat(Exchange.code)
    moved = Exchange.state.in_(_MOVED) & (Exchange.minutes > 0)
    joined = (
        select(
            Exchange.bank_id,
            Exchange.code,
            deeds.c.deed,
            Exchange.state,
            Exchange.minutes,
            deeds.c.minutes.label("posted"),
            Exchange.giver_account_id,
            Exchange.receiver_account_id,
            deeds.c.from_account_id,
            deeds.c.to_account_id,
            deeds.c.is_reversed,
            moved.label("moved"),
        )
        .join(deeds, (deeds.c.bank_id == Exchange.bank_id) & (deeds.c.deed == reference), full=True)
        .where(moved.is_(True) | deeds.c.deed.is_not(None))
        .execution_options(yield_per=5_000)
    )
    wrong = list[Finding]()
    for row in session.execute(joined):
        if row.code is None:
            wrong.append(Finding("entry", str(row.deed), "no exchange belongs to it"))
        elif row.deed is None or not row.moved:
            wrong.append(Finding("exchange", row.code, f"it is {row.state}, and its entry does not fit that"))
        elif (row.giver_account_id, row.receiver_account_id, row.minutes) != (
            row.to_account_id,
            row.from_account_id,
            row.posted,
        ):
            wrong.append(Finding("exchange", row.code, "its sides or minutes are not those of its entry"))
        elif bool(row.is_reversed) != (row.state == State.REVERSED):
            wrong.append(Finding("exchange", row.code, f"it is {row.state}, but the books say otherwise"))
    count = session.scalar(select(func.count()).select_from(Exchange).where(moved)) or 0
    return CheckResult("exchanges_have_entries", count, "exchanges", tuple(wrong[:20]), len(wrong))


CHECKS: Sequence[Callable[[Session], CheckResult]] = (exchanges_have_entries,)
