"""Writing the books. An entry goes in as one plain statement and the database posts it, or refuses it by name.

After a refusal the unit of work has to be rolled back: PostgreSQL gives up the whole of it.
"""

import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Executable, Table, func, insert, select
from sqlalchemy.orm import Session

from timebank import clock
from timebank.bookkeeping import driver
from timebank.bookkeeping.entry_rows import NewEntry, digest_entry, digest_words, rows_of
from timebank.bookkeeping.models import Account, Entry, LimitChange, Memo
from timebank.bookkeeping.refusals import refusals_named
from timebank.ledger.accounts import AccountKind
from timebank.ledger.errors import KeyTakenError

#: What others call by this room's name, though it is made in a module of its own.
__all__ = ["NewEntry"]

#: Ids of pots sort last, so that everybody's lock on the pot is the last one taken and held the shortest.
_POT_IDS_FROM = 2**63 - 2**40

_POST = {
    "postgresql": "INSERT INTO entry (bank_id, id, key, kind, occurred_on, recorded_at, recorded_by, on_behalf_of,"
    " approved_by, deed, reverses, resolves, lines, words_digest, digest)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, CAST(%s AS bigint[]), %s, %s)"
    " ON CONFLICT (bank_id, key) DO NOTHING",
    "sqlite": "INSERT INTO entry (bank_id, id, key, kind, occurred_on, recorded_at, recorded_by, on_behalf_of,"
    " approved_by, deed, reverses, resolves, lines, words_digest, digest)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (bank_id, key) DO NOTHING",
}
_KEEP_WORDS = {"sqlite": "INSERT INTO memo (bank_id, entry_id, words, salt) VALUES (?, ?, ?, ?)"}
#: On PostgreSQL words go with their entry, in one journey to the server, and stay away where the entry does.
_POST_WITH_WORDS = {
    "postgresql": " ".join(
        (
            "WITH posted AS (",
            _POST["postgresql"],
            "RETURNING bank_id, id) INSERT INTO memo (bank_id, entry_id, words, salt)",
            "SELECT bank_id, id, CAST(%s AS text), CAST(%s AS bytea) FROM posted",
        )
    )
}


def open_account(  # noqa: PLR0913 (an account's floor is a deed: it needs its reason, actor and time)
    session: Session, bank_id: int, kind: AccountKind, *, floor: int | None, reason: str, by: int | None, now: datetime
) -> int:
    """Open an account at zero with its floor in minutes, on record as its first limit change; gives its id."""
    account_id = clock.next_id()
    if kind in {AccountKind.POT, AccountKind.FUND}:
        account_id = _POT_IDS_FROM + secrets.randbelow(2**40)
    _write(session, insert(_table(Account)), {"bank_id": bank_id, "id": account_id, "kind": kind, "opened_at": now})
    change_limit(session, bank_id, account_id, floor, reason=reason, by=by, now=now)
    return account_id


def open_accounts(  # noqa: PLR0913 (as for one account)
    session: Session,
    bank_id: int,
    kind: AccountKind,
    count: int,
    *,
    floor: int | None,
    reason: str,
    by: int | None,
    now: datetime,
) -> list[int]:
    """Open so many accounts at once, each as `open_account` does; gives their ids. Not for pots."""
    ids = [clock.next_id() for _ in range(count)]
    if ids:
        accounts = [{"bank_id": bank_id, "id": one, "kind": kind, "opened_at": now} for one in ids]
        change = {"bank_id": bank_id, "number": 1, "floor": floor, "reason": reason, "until": None}
        changes = [{**change, "account_id": one, "recorded_by": by, "recorded_at": now} for one in ids]
        _write(session, insert(_table(Account)), accounts)
        _write(session, insert(_table(LimitChange)), changes)
    return ids


def change_limit(  # noqa: PLR0913 (who, why and until when belong to the deed)
    session: Session,
    bank_id: int,
    account_id: int,
    floor: int | None,
    *,
    reason: str,
    by: int | None,
    now: datetime,
    until: date | None = None,
) -> None:
    """Set how far an account may fall, in minutes (None: no floor), on record with who, why and until when.

    Raises FloorReachedError where the balance is already below the new floor.
    """
    newest = session.scalar(
        select(func.max(LimitChange.number)).where(LimitChange.bank_id == bank_id, LimitChange.account_id == account_id)
    )
    change = {
        "bank_id": bank_id,
        "account_id": account_id,
        "number": (newest or 0) + 1,
        "floor": floor,
        "reason": reason,
        "until": until,
        "recorded_by": by,
        "recorded_at": now,
    }
    _write(session, insert(_table(LimitChange)), change)


def post(session: Session, entry: NewEntry) -> int:
    """Write an entry, and with it its transfers, postings and balances; gives the entry's id.

    The same entry under the same key gives the id of the first. Raises KeyTakenError for another deed under that
    key, FloorReachedError, HoldResolvedError, NoSuchAccountError and the ledger's other refusals; then roll back.
    """
    postgresql = session.get_bind().dialect.name == "postgresql"
    row, memo = rows_of(entry, session.info["books_key"], postgresql=postgresql)
    if memo is not None and postgresql:
        written = driver.run(session, _POST_WITH_WORDS, (*row, *memo[2:]))
    else:
        written = driver.run(session, _POST, row)
        if written and memo is not None:
            driver.run(session, _KEEP_WORDS, memo)
    if not written:
        return _standing_entry(session, entry)
    return int(row[1])


def _standing_entry(session: Session, entry: NewEntry) -> int:
    """The id of the entry that stands under the key, if it is this very deed. Raises KeyTakenError if not."""
    standing = session.execute(
        select(Entry.id, Entry.digest, Entry.words_digest, Memo.salt)
        .outerjoin(Memo, (Memo.bank_id == Entry.bank_id) & (Memo.entry_id == Entry.id))
        .where(Entry.bank_id == entry.bank_id, Entry.key == entry.key)
    ).one()
    # Erased words cannot be compared any more; the rest of the deed still is.
    words_digest = digest_words(standing.salt, entry.words) if standing.salt else standing.words_digest
    again = digest_entry(session.info["books_key"], entry, words_digest)
    if not hmac.compare_digest(bytes(standing.digest), again):
        raise KeyTakenError(key=entry.key)
    return int(standing.id)


def _table(model: type[Account | LimitChange]) -> Table:
    """The plain table, past the ORM's unit of work."""
    return cast("Table", model.__table__)


def _write(session: Session, statement: Executable, row: Mapping[str, object] | Sequence[Mapping[str, object]]) -> int:
    """Run one writing statement; gives the number of rows, or raises the refusal that the database named."""
    with refusals_named():
        result = cast("CursorResult[Any]", session.execute(statement, row))
        return int(result.rowcount)
