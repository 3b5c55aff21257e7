"""Beyond a bank's soft limits nothing is refused, but a broker is asked to talk with the member.

It is asked when a balance crosses the limit, and not at each exchange beyond it.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from timebank import driver
from timebank.banks.models import Bank
from timebank.bookkeeping.limits import balances
from timebank.holders.queries import list_names
from timebank.ledger.entries import Line
from timebank.references import Ref, Subject
from timebank.tasks.actions import open_task
from timebank.tasks.rules import TaskKind

_balances = balances().subquery()
#: An account's balance, and the limits that its bank goes by.
_STANDING = driver.Statement(
    select(_balances.c.id, _balances.c.balance, Bank.soft_low, Bank.soft_high)
    .join_from(_balances, Bank, Bank.id == _balances.c.bank_id)
    .where(_balances.c.bank_id == bindparam("of_bank"), _balances.c.id.in_([bindparam("one"), bindparam("other")]))
)


def crossed(before: int, after: int, *, low: int, high: int) -> TaskKind | None:
    """Return the soft limit that a balance crossed, all in minutes; a balance equal to a limit is within it."""
    if after < low <= before:
        return TaskKind.BELOW_SOFT_LIMIT
    if before <= high < after:
        return TaskKind.ABOVE_SOFT_LIMIT
    return None


def notice_crossings(session: Session, bank_id: int, lines: Sequence[Line], now: datetime) -> None:
    """Open a task for each member whose balance crossed a soft limit by these lines, which were posted just now.

    The posting holds the accounts' locks, so the balances read here are those that it left.
    """
    moved: dict[int, int] = {}
    for line in lines:
        moved[line.from_account] = moved.get(line.from_account, 0) - line.minutes
        moved[line.to_account] = moved.get(line.to_account, 0) + line.minutes
    ids = list(moved)
    # Two by two, as nearly every deed moves them; the last of an odd number stands for itself twice.
    pairs = zip(ids[::2], [*ids[1::2], ids[-1]], strict=False)
    kinds = {
        account_id: crossed(balance - moved[account_id], balance, low=low, high=high)
        for account, other in pairs
        for account_id, balance, low, high in _STANDING.rows(
            session, {"of_bank": bank_id, "one": account, "other": other}
        )
    }
    beyond = {account_id: kind for account_id, kind in kinds.items() if kind is not None}
    names = list_names(session, bank_id, list(beyond)) if beyond else {}
    for account_id, holder in sorted(names.items()):
        subject = Ref(Subject(holder.kind), holder.code)
        open_task(session, bank_id, kind=beyond[account_id], subject=subject, now=now)
