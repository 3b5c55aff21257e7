"""Holds on recorded hours that await confirmation. An open hold counts against its account's floor.

It is resolved once: by the entry of its deed (`NewEntry.resolves`), or by `release` if no hours move.
"""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, Table, func, select, update
from sqlalchemy.orm import Session

from timebank import clock
from timebank.bookkeeping.limits import lock_accounts
from timebank.bookkeeping.models import Account, Hold
from timebank.bookkeeping.refusals import insert_rows, refusals_named
from timebank.ledger.errors import HoldResolvedError
from timebank.ledger.holds import share_held

_HOLDS = cast("Table", Hold.__table__)


def place(  # noqa: PLR0913 (what is held of recorded hours depends on how many were agreed, and on the bank's most)
    session: Session,
    bank_id: int,
    account_id: int,
    *,
    deed: str,
    minutes: int,
    agreed_minutes: int,
    most_unagreed: int,
    now: datetime,
) -> int:
    """Hold as many of these minutes as `ledger.holds.share_held` allows; return how many.

    Locks the account first, so that its free balance cannot change in between. A hold of 0 minutes is inserted too: it
    records that the deed awaits confirmation.
    """
    lock_accounts(session, bank_id, [account_id])
    account = session.execute(
        select(Account.balance, Account.held, Account.floor).where(Account.bank_id == bank_id, Account.id == account_id)
    ).one()
    unagreed_held = session.scalar(
        select(func.coalesce(func.sum(Hold.unagreed_minutes), 0)).where(
            Hold.bank_id == bank_id, Hold.account_id == account_id, Hold.resolved_at.is_(None)
        )
    )
    held, unagreed = share_held(
        minutes,
        agreed_minutes=agreed_minutes,
        room=None if account.floor is None else account.balance - account.held - account.floor,
        unagreed_held=int(unagreed_held or 0),
        most_unagreed=most_unagreed,
    )
    row = {
        "bank_id": bank_id,
        "id": clock.next_id(),
        "account_id": account_id,
        "minutes": held,
        "unagreed_minutes": unagreed,
        "deed": deed,
        "placed_at": now,
    }
    insert_rows(session, Hold, row)
    return held


def release(session: Session, bank_id: int, deed: str, *, now: datetime) -> None:
    """Resolve the open hold of a deed without moving hours. Raises HoldResolvedError if it has none."""
    released = (
        update(_HOLDS)
        .where(_HOLDS.c.bank_id == bank_id, _HOLDS.c.deed == deed, _HOLDS.c.resolved_at.is_(None))
        .values(resolved_at=now)
        .execution_options(preserve_rowcount=True)
    )
    with refusals_named():
        if session.execute(released).rowcount != 1:  # type: ignore[attr-defined]
            raise HoldResolvedError


def holds() -> Select[*tuple[Any, ...]]:
    """Return a selectable of all holds, for other packages to join.

    Columns: bank_id, id, deed, account_id, minutes, placed_at, resolved_at.
    """
    return select(Hold.bank_id, Hold.id, Hold.deed, Hold.account_id, Hold.minutes, Hold.placed_at, Hold.resolved_at)
