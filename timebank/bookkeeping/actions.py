"""Writing the books. An entry goes in as one plain statement and the database posts it, or refuses it by name.

After a refusal the unit of work has to be rolled back: PostgreSQL gives up the whole of it.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Executable, Table, func, insert, select, text
from sqlalchemy.orm import Session

from timebank import clock
from timebank.bookkeeping.models import Account, Entry, LimitChange, Memo
from timebank.bookkeeping.refusals import refusals_named
from timebank.ledger.accounts import AccountKind
from timebank.ledger.entries import EntryKind, Line
from timebank.ledger.errors import KeyTakenError

SALT_BYTES = 16
#: Ids of pots sort last, so that everybody's lock on the pot is the last one taken and held the shortest.
_POT_IDS_FROM = 2**63 - 2**40

_INSERT = (
    "INSERT INTO entry (bank_id, id, key, kind, occurred_on, recorded_at, recorded_by, on_behalf_of, approved_by,"
    " deed, reverses, resolves, lines, words_digest, digest) VALUES (:bank_id, :id, :key, :kind, :occurred_on,"
    " :recorded_at,"
    " :recorded_by, :on_behalf_of, :approved_by, :deed, :reverses, :resolves, LINES, :words_digest, :digest)"
    " ON CONFLICT (bank_id, key) DO NOTHING"
)
_COLUMNS = ("bank_id", "key", "kind", "recorded_by", "on_behalf_of", "approved_by", "deed", "reverses", "resolves")
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
_POST = {
    name: text(_INSERT.replace("LINES", lines)).execution_options(preserve_rowcount=True)
    for name, lines in (("postgresql", "CAST(:lines AS bigint[])"), ("sqlite", ":lines"))
}


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A deed to be written in the books.

    `key` makes it happen once per bank and derives from the deed; `deed` is an opaque reference to what it was;
    `recorded_by`, `on_behalf_of` and `approved_by` are memberships; `resolves` is the hold that it ends; `words` can
    later be erased.
    """

    bank_id: int
    key: str
    kind: EntryKind
    lines: tuple[Line, ...]
    occurred_on: date
    recorded_at: datetime
    recorded_by: int
    deed: str
    on_behalf_of: int | None = None
    approved_by: int | None = None
    reverses: int | None = None
    resolves: int | None = None
    words: str | None = None


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
    salt = secrets.token_bytes(SALT_BYTES) if entry.words is not None else None
    words_digest = digest_words(salt, entry.words)
    entry_id = clock.next_id()
    row = {
        **_columns(entry),
        "id": entry_id,
        "recorded_at": bound_time(session, entry.recorded_at),
        "occurred_on": entry.occurred_on if _is_postgresql(session) else entry.occurred_on.isoformat(),
        "lines": lines_literal(entry.lines, postgresql=_is_postgresql(session)),
        "words_digest": words_digest,
        "digest": digest_entry(session.info["books_key"], entry, words_digest),
    }
    if _write(session, _POST[session.get_bind().dialect.name], row) == 0:
        return _standing_entry(session, entry)
    if salt is not None:
        memo = {"bank_id": entry.bank_id, "entry_id": entry_id, "words": entry.words, "salt": salt}
        _write(session, insert(_table(Memo)), memo)
    return entry_id


def _columns(entry: NewEntry) -> dict[str, object]:
    return {name: getattr(entry, name) for name in _COLUMNS}


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


def _table(model: type[Account | LimitChange | Memo]) -> Table:
    """The plain table, past the ORM's unit of work."""
    return cast("Table", model.__table__)


def _write(session: Session, statement: Executable, row: Mapping[str, object] | Sequence[Mapping[str, object]]) -> int:
    """Run one writing statement; gives the number of rows, or raises the refusal that the database named."""
    with refusals_named():
        result = cast("CursorResult[Any]", session.execute(statement, row))
        return int(result.rowcount)


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def bound_time(session: Session, moment: datetime) -> object:
    """A moment as the plain statement binds it; on SQLite as the tables' own type writes it."""
    if _is_postgresql(session):
        return moment
    dialect = session.get_bind().dialect
    kept = Entry.__table__.c.recorded_at.type.dialect_impl(dialect)  # or a moment without a fraction is told in short
    return kept.bind_processor(dialect)(moment)  # type: ignore[misc]


def lines_literal(lines: Sequence[Line], *, postgresql: bool) -> str:
    """The lines as one literal, `{{from,to,minutes}}` or its JSON twin; a reversal's name the mirrored line fourth."""
    literal = _canonical(_rows(lines))
    return literal.replace("[", "{").replace("]", "}") if postgresql else literal


def _rows(lines: Sequence[Line]) -> list[list[int]]:
    return [
        [line.from_account, line.to_account, line.minutes, *([line.mirrors] if line.mirrors else [])] for line in lines
    ]


def digest_words(salt: bytes | None, words: str | None) -> bytes | None:
    """HMAC-SHA256 (RFC 2104) of an entry's words under their own salt; None where there are no words."""
    if words is None or salt is None:
        return None
    return hmac.digest(salt, words.encode(), hashlib.sha256)


def digest_entry(books_key: bytes, entry: NewEntry, words_digest: bytes | None) -> bytes:
    """HMAC-SHA256 (RFC 2104) of a whole deed under the books' key.

    It covers every column of the entry but its id, the time of recording and the words themselves, as canonical
    JSON (`resolves` only where it ends a hold): so a replay is told from another deed, and a row rewritten in the
    database alone no longer fits.
    """
    told = {
        **_columns(entry),
        "occurred_on": entry.occurred_on.isoformat(),
        "lines": _rows(entry.lines),
        "words": words_digest.hex() if words_digest else None,
    }
    if entry.resolves is None:
        del told["resolves"]
    return hmac.digest(books_key, _canonical(told).encode(), hashlib.sha256)
