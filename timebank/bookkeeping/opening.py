"""Opening accounts: each at zero, with its first floor and its first holder on record."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from timebank import clock
from timebank.bookkeeping.encoding import holder_fields, mark
from timebank.bookkeeping.holder_models import AccountHolder
from timebank.bookkeeping.models import Account, LimitChange
from timebank.bookkeeping.refusals import insert_rows
from timebank.ledger.accounts import AccountKind, holder_kind
from timebank.ledger.leaves import LeafKind, encode

#: Ids of pots and funds sort last, so that everybody's lock on them is the last one taken and held the shortest.
_POT_IDS_FROM = 2**63 - 2**40


def open_account(  # noqa: PLR0913 (a floor is a deed: it needs its reason, actor and time)
    session: Session,
    bank_id: int,
    kind: AccountKind,
    holder_id: int,
    *,
    floor: int | None,
    reason: str,
    by: int | None,
    now: datetime,
) -> int:
    """Open an account at zero with its floor in minutes and its holder; return its id.

    `holder_id` is a membership's id for a member's account, and so on as `ledger.accounts.holder_kind` says; it need
    not stand yet.
    """
    ids = open_accounts(session, bank_id, kind, [holder_id], floor=floor, reason=reason, by=by, now=now)
    return ids[0]


def open_accounts(  # noqa: PLR0913 (as for one account)
    session: Session,
    bank_id: int,
    kind: AccountKind,
    holder_ids: Sequence[int],
    *,
    floor: int | None,
    reason: str,
    by: int | None,
    now: datetime,
) -> list[int]:
    """Open an account for each holder, as `open_account` does; return their ids in the same order."""
    ids = [_new_id(kind) for _ in holder_ids]
    if not ids:
        return ids
    recorded = {"bank_id": bank_id, "number": 1, "recorded_by": by, "recorded_at": now}
    accounts = [{"bank_id": bank_id, "id": account_id, "kind": kind, "opened_at": now} for account_id in ids]
    changes = [{**recorded, "account_id": one, "floor": floor, "reason": reason, "until": None} for one in ids]
    holders = [
        {**recorded, "account_id": account_id, "kind": holder_kind(kind), "holder_id": holder_id}
        for account_id, holder_id in zip(ids, holder_ids, strict=True)
    ]
    books_key = session.info["books_key"]
    marked = [{**row, "digest": mark(books_key, encode(LeafKind.HOLDER, holder_fields(row)))} for row in holders]
    insert_rows(session, Account, accounts)
    insert_rows(session, LimitChange, changes)
    insert_rows(session, AccountHolder, marked)
    return ids


def _new_id(kind: AccountKind) -> int:
    if kind in {AccountKind.POT, AccountKind.FUND}:
        return _POT_IDS_FROM + secrets.randbelow(2**40)
    return clock.next_id()
