"""Opening accounts at zero balance, each with its first limit change and its first holder."""

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

#: Ids of pots and funds sort last, so that their much contended row locks are taken last and held the shortest.
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
    """Open an account with its floor in minutes (None: no floor) and its holder; return its id.

    `holder_id` is the id of a row of the kind that `ledger.accounts.holder_kind` returns, such as a membership; the row
    need not exist yet.
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
    """Open an account for each holder, as `open_account` does; return the accounts' ids in the same order."""
    ids = [_new_id(kind) for _ in holder_ids]
    if not ids:
        return ids
    recorded = {"bank_id": bank_id, "number": 1, "recorded_by": by, "recorded_at": now}
    accounts = [{"bank_id": bank_id, "id": account_id, "kind": kind, "opened_at": now} for account_id in ids]
    limit = {**recorded, "floor": floor, "reason": reason, "until": None}
    changes = [{**limit, "account_id": account_id} for account_id in ids]
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
