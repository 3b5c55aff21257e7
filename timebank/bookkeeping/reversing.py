"""Reversing an entry or some of its lines, by posting another entry that mirrors them."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.bookkeeping.actions import NewEntry, change_limit, post
from timebank.bookkeeping.closings import list_closed, reopen_account
from timebank.bookkeeping.limits import lock_accounts
from timebank.bookkeeping.models import Account
from timebank.bookkeeping.queries import get_entry, list_reversed_lines
from timebank.ledger.entries import Line, reversal_lines
from timebank.ledger.errors import AlreadyReversedError


def reverse(  # noqa: PLR0913 (a reversal names who, why, when and what)
    session: Session,
    bank_id: int,
    entry_id: int,
    *,
    key: str,
    reason: str,
    by: int,
    approved_by: int | None,
    now: datetime,
    today: date,
    numbers: Sequence[int] | None = None,
) -> int:
    """Reverse an entry, or its lines with these numbers; return the id of the reversal.

    If the hours were spent meanwhile, the account's floor is lowered as far as needed, and an account that was closed
    is reopened; both are recorded. Raises AlreadyReversedError or NotAMirrorError; then roll back.
    """
    first = get_entry(session, bank_id, entry_id)
    lines = reversal_lines(first.entry, numbers)
    if {line.mirrors for line in lines} & list_reversed_lines(session, bank_id, entry_id):
        raise AlreadyReversedError
    account_ids = sorted({account for line in lines for account in (line.from_account, line.to_account)})
    lock_accounts(session, bank_id, account_ids)
    for account_id in list_closed(session, bank_id, account_ids):
        reopen_account(session, bank_id, account_id, reason=reason, by=by, now=now, approved_by=approved_by)
    _make_room(session, bank_id, account_ids, lines, reason=reason, by=approved_by or by, now=now, today=today)
    return post(
        session,
        NewEntry(
            bank_id=bank_id,
            key=key,
            kind=first.entry.kind,
            lines=lines,
            occurred_on=today,
            recorded_at=now,
            recorded_by=by,
            approved_by=approved_by,
            deed=first.deed,
            reverses=entry_id,
            words=reason,
        ),
    )


def _make_room(  # noqa: PLR0913 (a limit change names who, why and until when)
    session: Session,
    bank_id: int,
    account_ids: Sequence[int],
    lines: Sequence[Line],
    *,
    reason: str,
    by: int,
    now: datetime,
    today: date,
) -> None:
    """Lower the floors of locked accounts that a reversal would break, to the balance after it.

    Each change expires today: afterwards the sweep raises the floor again as far as the balance allows.
    """
    accounts = session.execute(
        select(Account.id, Account.balance, Account.held, Account.floor).where(
            Account.bank_id == bank_id, Account.id.in_(account_ids), Account.floor.is_not(None)
        )
    ).all()
    for account in accounts:
        lowest = account.balance - account.held - sum(line.minutes for line in lines if line.from_account == account.id)
        if lowest < account.floor:
            change_limit(session, bank_id, account.id, lowest, reason=reason, by=by, now=now, until=today)
