"""Beyond a bank's soft limits nothing is refused, but a broker is asked to talk with the member.

It is asked when a balance crosses the limit, and not at each exchange beyond it.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from timebank.banks.models import Bank
from timebank.bookkeeping.queries import list_balances
from timebank.ledger.entries import Line
from timebank.members.queries import list_names
from timebank.tasks.actions import open_task
from timebank.tasks.rules import Kind


def crossed(before: int, after: int, *, low: int, high: int) -> Kind | None:
    """Which soft limit a balance crossed, all in minutes; a balance that rests on a limit is not beyond it."""
    if after < low <= before:
        return Kind.BELOW_SOFT_LIMIT
    if before <= high < after:
        return Kind.ABOVE_SOFT_LIMIT
    return None


def notice_crossings(session: Session, bank_id: int, lines: Sequence[Line], now: datetime) -> None:
    """Open a task for each member whose balance crossed a soft limit by these lines, which were posted just now.

    The posting holds the accounts' locks, so the balances read here are those that it left.
    """
    bank = session.get_one(Bank, bank_id)
    moved: dict[int, int] = {}
    for line in lines:
        moved[line.from_account] = moved.get(line.from_account, 0) - line.minutes
        moved[line.to_account] = moved.get(line.to_account, 0) + line.minutes
    kinds = {
        account_id: crossed(balance - moved[account_id], balance, low=bank.soft_low, high=bank.soft_high)
        for account_id, balance in list_balances(session, bank_id, list(moved)).items()
    }
    beyond = {account_id: kind for account_id, kind in kinds.items() if kind is not None}
    names = list_names(session, bank_id, list(beyond)) if beyond else {}
    for account_id, (_name, code) in sorted(names.items()):
        open_task(session, bank_id, kind=beyond[account_id], subject=f"member:{code}", now=now)
