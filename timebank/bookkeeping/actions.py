"""Writing the books. An entry goes in as one plain statement and the database posts it, or refuses it by name.

After a refusal the unit of work has to be rolled back: PostgreSQL gives up the whole of it.
"""

import hmac
from contextlib import nullcontext
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timebank import driver
from timebank.bookkeeping.encoding import COLUMNS
from timebank.bookkeeping.entry_rows import NewEntry, Values, digest_words, marked_row, rows_of
from timebank.bookkeeping.models import LimitChange
from timebank.bookkeeping.refusals import insert_rows, refusals_named
from timebank.driver import Alone, Unit, is_postgresql
from timebank.ledger.entries import EntryKind
from timebank.ledger.errors import KeyTakenError

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
#: On PostgreSQL words go with their entry, in one statement, and stay away where the entry does.
_POST_WITH_WORDS = (
    f"WITH posted AS ({_POST['postgresql']} RETURNING bank_id, id)"  # noqa: S608 (as above)
    " INSERT INTO memo (bank_id, entry_id, words, salt)"
    " SELECT bank_id, id, CAST(%s AS text), CAST(%s AS bytea) FROM posted"
)
_KEEP_WORDS = "INSERT INTO memo (bank_id, entry_id, words, salt) VALUES (?, ?, ?, ?)"
_STANDING = (
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
    insert_rows(session, LimitChange, change)


def post(unit: Unit, entry: NewEntry) -> int:
    """Write an entry, and with it its postings and balances; return the entry's id.

    In the Session's transaction, or in one of its own on an `Alone`. The same entry under the same key returns the id
    of the first. Raises KeyTakenError for another deed under that key, FloorReachedError, HoldResolvedError,
    NoSuchAccountError and the ledger's other refusals; then roll back.
    """
    postgresql = is_postgresql(unit)
    row, memo = rows_of(entry, unit.info["books_key"], postgresql=postgresql)
    with refusals_named():
        written = _write_in_postgresql(unit, row, memo) if postgresql else _write_in_sqlite(unit, row, memo)
    return int(row[_ID]) if written else _standing_entry(unit, entry)


def _write_in_postgresql(unit: Unit, row: Values, memo: Values | None) -> int:
    if memo is None:
        return driver.run(unit, _POST["postgresql"], row)
    return driver.run(unit, _POST_WITH_WORDS, (*row, *memo[2:]))


def _write_in_sqlite(unit: Unit, row: Values, memo: Values | None) -> int:
    if memo is None:
        return driver.run(unit, _POST["sqlite"], row)
    with unit.transaction() if isinstance(unit, Alone) else nullcontext():
        written = driver.run(unit, _POST["sqlite"], row)
        return driver.run(unit, _KEEP_WORDS, memo) if written else 0


def post_linked(session: Session, first: NewEntry, second: NewEntry) -> tuple[int, int]:
    """Write the two entries of a deed between two banks in one statement; return their ids.

    Both carry the same key, each in its bank. PostgreSQL locks the accounts of both banks in one order, so two deeds
    in opposite directions wait for each other instead of failing. Raises as `post`, KeyTakenError where only one of the
    two stands already, and ValueError for other kinds, two keys or one bank.
    """
    kinds = {first.kind, second.kind}
    if first.key != second.key or first.bank_id == second.bank_id or kinds != {EntryKind.CLEARING}:
        message = "linked entries are of kind clearing and carry one key, each in a bank of its own"
        raise ValueError(message)
    postgresql = is_postgresql(session)
    pairs = [rows_of(entry, session.info["books_key"], postgresql=postgresql) for entry in (first, second)]
    place = "%s" if postgresql else "?"
    one_row = f"({', '.join(place for _ in COLUMNS)})"
    with refusals_named():
        written = driver.run(
            session,
            f"INSERT INTO entry ({_NAMES}) VALUES {one_row}, {one_row} ON CONFLICT (bank_id, key) DO NOTHING",  # noqa: S608 (names of our own)
            (*pairs[0][0], *pairs[1][0]),
        )
        if written == 1:
            raise KeyTakenError(key=first.key)
        for _row, memo in pairs if written else ():
            if memo is not None:
                driver.run(session, _KEEP_WORDS.replace("?", place), memo)
    if written:
        return int(pairs[0][0][_ID]), int(pairs[1][0][_ID])
    return _standing_entry(session, first), _standing_entry(session, second)


def _standing_entry(unit: Unit, entry: NewEntry) -> int:
    """Return the id of the entry that stands under the key, if it is this very deed. Raises KeyTakenError if not."""
    postgresql = is_postgresql(unit)
    query = _STANDING if postgresql else _STANDING.replace("%s", "?")
    entry_id, recorded_at, digest, words_digest, salt = driver.rows(unit, query, (entry.bank_id, entry.key))[0]
    # Erased words cannot be compared any more; the rest of the deed still is.
    words_digest = digest_words(salt, entry.words) if salt else words_digest
    at = driver.moment(recorded_at) if postgresql else recorded_at
    again = marked_row(entry, unit.info["books_key"], words_digest, entry_id, at)
    has_new_words = words_digest is None and entry.words is not None
    if has_new_words or not hmac.compare_digest(bytes(digest), again[-1]):
        raise KeyTakenError(key=entry.key)
    return int(entry_id)
