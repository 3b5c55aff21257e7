"""Posting entries and changing limits. An entry is one INSERT; triggers post it or raise the rule that it breaks.

After a refusal roll the transaction back: PostgreSQL accepts no further statement in it.
"""

import hmac
from contextlib import nullcontext
from datetime import date, datetime

from sqlalchemy.orm import Session

from timebank import driver
from timebank.bookkeeping.encoding import COLUMNS
from timebank.bookkeeping.entry_rows import NewEntry, Values, digest_words, marked_row, rows_of
from timebank.bookkeeping.models import LimitChange
from timebank.bookkeeping.refusals import insert_rows, refusals_named
from timebank.driver import Alone, Unit, is_postgresql
from timebank.ledger.entries import EntryKind
from timebank.ledger.errors import KeyTakenError
from timebank.rows import next_number

#: Re-exported from entry_rows.
__all__ = ["NewEntry"]

_ID = COLUMNS.index("id")
_NAMES = ", ".join(COLUMNS)
_POST = {
    "postgresql": f"INSERT INTO entry ({_NAMES}) VALUES ({', '.join('%s' for _ in COLUMNS)})"  # noqa: S608 (names of our own)
    " ON CONFLICT (bank_id, key) DO NOTHING",
    "sqlite": f"INSERT INTO entry ({_NAMES}) VALUES ({', '.join('?' for _ in COLUMNS)})"  # noqa: S608 (as above)
    " ON CONFLICT (bank_id, key) DO NOTHING",
}
#: On PostgreSQL the memo is inserted by the same statement, and only if the entry is: one round trip.
_POST_WITH_WORDS = (
    f"WITH posted AS ({_POST['postgresql']} RETURNING bank_id, id)"  # noqa: S608 (as above)
    " INSERT INTO memo (bank_id, entry_id, words, salt)"
    " SELECT bank_id, id, CAST(%s AS text), CAST(%s AS bytea) FROM posted"
)
_INSERT_MEMO = "INSERT INTO memo (bank_id, entry_id, words, salt) VALUES (?, ?, ?, ?)"
_EXISTING = (
    "SELECT e.id, e.recorded_at, e.digest, e.words_digest, m.salt FROM entry AS e"
    " LEFT JOIN memo AS m ON m.bank_id = e.bank_id AND m.entry_id = e.id WHERE e.bank_id = %s AND e.key = %s"
)


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
    """Change an account's floor in minutes (None: no floor), recording who, why and until when.

    Raises FloorReachedError if the free balance is below the new floor.
    """
    of_account = (LimitChange.bank_id == bank_id, LimitChange.account_id == account_id)
    change = {
        "bank_id": bank_id,
        "account_id": account_id,
        "number": next_number(session, LimitChange.number, *of_account),
        "floor": floor,
        "reason": reason,
        "until": until,
        "recorded_by": by,
        "recorded_at": now,
    }
    insert_rows(session, LimitChange, change)


def post(unit: Unit, entry: NewEntry) -> int:
    """Insert an entry, which posts it; return its id.

    Runs in the Session's transaction, or in one of its own on an `Alone`. Idempotent: the same entry under the same key
    returns the id of the first. Raises KeyTakenError for a different entry under that key, FloorReachedError,
    HoldResolvedError, NoSuchAccountError or another LedgerError; then roll back.
    """
    postgresql = is_postgresql(unit)
    row, memo = rows_of(entry, unit.info["books_key"], postgresql=postgresql)
    with refusals_named():
        written = _write_in_postgresql(unit, row, memo) if postgresql else _write_in_sqlite(unit, row, memo)
    return int(row[_ID]) if written else _existing_entry(unit, entry)


def _write_in_postgresql(unit: Unit, row: Values, memo: Values | None) -> int:
    if memo is None:
        return driver.run(unit, _POST["postgresql"], row)
    return driver.run(unit, _POST_WITH_WORDS, (*row, *memo[2:]))


def _write_in_sqlite(unit: Unit, row: Values, memo: Values | None) -> int:
    if memo is None:
        return driver.run(unit, _POST["sqlite"], row)
    with unit.transaction() if isinstance(unit, Alone) else nullcontext():
        written = driver.run(unit, _POST["sqlite"], row)
        return driver.run(unit, _INSERT_MEMO, memo) if written else 0


def post_linked(session: Session, first: NewEntry, second: NewEntry) -> tuple[int, int]:
    """Insert the two entries of a deed between two banks in one statement; return their ids.

    Both have the same key, each in its bank. PostgreSQL locks the accounts of both banks in one order, so that deeds in
    opposite directions wait for each other instead of deadlocking. Raises what `post` raises, KeyTakenError if only one
    of the two exists, and ValueError unless both are of kind clearing, with one key, in two banks.
    """
    kinds = {first.kind, second.kind}
    if first.key != second.key or first.bank_id == second.bank_id or kinds != {EntryKind.CLEARING}:
        message = "linked entries are of kind clearing and carry one key, each in a bank of its own"
        raise ValueError(message)
    postgresql = is_postgresql(session)
    pairs = [rows_of(entry, session.info["books_key"], postgresql=postgresql) for entry in (first, second)]
    marker = "%s" if postgresql else "?"
    values = f"({', '.join(marker for _ in COLUMNS)})"
    with refusals_named():
        written = driver.run(
            session,
            f"INSERT INTO entry ({_NAMES}) VALUES {values}, {values} ON CONFLICT (bank_id, key) DO NOTHING",  # noqa: S608 (names of our own)
            (*pairs[0][0], *pairs[1][0]),
        )
        if written == 1:
            raise KeyTakenError(key=first.key)
        for _row, memo in pairs if written else ():
            if memo is not None:
                driver.run(session, _INSERT_MEMO.replace("?", marker), memo)
    if written:
        return int(pairs[0][0][_ID]), int(pairs[1][0][_ID])
    return _existing_entry(session, first), _existing_entry(session, second)


def _existing_entry(unit: Unit, entry: NewEntry) -> int:
    """Return the id of the entry that has this key. Raises KeyTakenError if it is a different entry."""
    postgresql = is_postgresql(unit)
    query = _EXISTING if postgresql else _EXISTING.replace("%s", "?")
    entry_id, recorded_at, digest, words_digest, salt = driver.rows(unit, query, (entry.bank_id, entry.key))[0]
    # Erased words cannot be compared any more; the other columns still are.
    words_digest = digest_words(salt, entry.words) if salt else words_digest
    at = driver.moment(recorded_at) if postgresql else recorded_at
    again = marked_row(entry, unit.info["books_key"], words_digest, entry_id, at)
    has_new_words = words_digest is None and entry.words is not None
    if has_new_words or not hmac.compare_digest(bytes(digest), again[-1]):
        raise KeyTakenError(key=entry.key)
    return int(entry_id)
