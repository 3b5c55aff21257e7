"""What must always be true of the books, each as a question with a name.

Every check counts what it looked at and names the rows that are not as they must be. They read the tables as they
are, with SQL and with the ledger's own arithmetic, and trust no trigger to have done its work.
"""

import hmac
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC
from typing import Any

from sqlalchemy import Row, Select, and_, case, func, or_, select, text
from sqlalchemy.orm import Session, aliased

from timebank.bookkeeping.actions import NewEntry, digest_entry, digest_words
from timebank.bookkeeping.models import Account, Entry, LimitChange, Memo, Posting, Transfer
from timebank.ledger.checks import CheckResult, Finding
from timebank.ledger.entries import KINDS_OF_HELP, EntryKind, Line
from timebank.ledger.errors import LedgerError

MOST_FINDINGS = 20
_BATCH = 5_000
_HELP = [kind.value for kind in KINDS_OF_HELP]


def sum_is_zero(session: Session) -> CheckResult:
    """Nothing is minted: over all accounts of a bank, the balances come to nothing."""
    sums = session.execute(select(Account.bank_id, func.sum(Account.balance)).group_by(Account.bank_id)).all()
    wrong = [
        Finding("account", f"bank {bank}", f"the balances sum to {total} minutes") for bank, total in sums if total
    ]
    accounts = session.scalar(select(func.count()).select_from(Account)) or 0
    return _result("sum_is_zero", accounts, "accounts", wrong)


def balances_equal_postings(session: Session) -> CheckResult:
    """An account's balance, given, received and number are what all its postings come to."""
    helps, mirror = Entry.kind.in_(_HELP), Entry.reverses.is_not(None)
    comes_in = (Posting.minutes > 0) != mirror
    sums = (
        select(
            Posting.bank_id,
            Posting.account_id,
            func.sum(Posting.minutes).label("balance"),
            func.count().label("number"),
            func.sum(case((and_(helps, comes_in), Posting.minutes), else_=0)).label("given"),
            func.sum(case((and_(helps, ~comes_in), -Posting.minutes), else_=0)).label("received"),
        )
        .join(Entry, and_(Entry.bank_id == Posting.bank_id, Entry.id == Posting.entry_id))
        .group_by(Posting.bank_id, Posting.account_id)
        .subquery()
    )
    off = or_(
        Account.balance != func.coalesce(sums.c.balance, 0),
        Account.number != func.coalesce(sums.c.number, 0),
        Account.given != func.coalesce(sums.c.given, 0),
        Account.received != func.coalesce(sums.c.received, 0),
    )
    query = (
        select(Account.bank_id, Account.id, Account.balance, sums.c.balance.label("posted"))
        .outerjoin(sums, and_(sums.c.bank_id == Account.bank_id, sums.c.account_id == Account.id))
        .where(off)
    )
    wrong = [
        Finding(
            "account", f"{row.bank_id}/{row.id}", f"says {row.balance} minutes, its postings come to {row.posted or 0}"
        )
        for row in session.execute(query)
    ]
    return _result("balances_equal_postings", _count(session, Account), "accounts", wrong)


def transfers_equal_lines(session: Session) -> CheckResult:
    """Every line of every entry stands as its transfer, and no transfer stands without its line."""
    wrong, seen = list[Finding](), 0
    transfers = (
        select(
            Transfer.bank_id,
            Transfer.entry_id,
            Transfer.line,
            Transfer.from_account_id,
            Transfer.to_account_id,
            Transfer.minutes,
            Transfer.reverses,
            Transfer.reverses_line,
        )
        .order_by(Transfer.bank_id, Transfer.entry_id, Transfer.line)
        .execution_options(yield_per=_BATCH)
    )
    entries = (
        select(Entry.bank_id, Entry.id, Entry.reverses, Entry.lines)
        .order_by(Entry.bank_id, Entry.id)
        .execution_options(yield_per=_BATCH)
    )
    standing = _by_entry(session.execute(transfers))
    found = next(standing, None)
    for entry in session.execute(entries):
        key = (entry.bank_id, entry.id)
        while found is not None and found[0] < key:
            wrong.append(Finding("transfer", _row(found[0]), "its entry is missing"))
            found = next(standing, None)
        rows: list[tuple[object, ...]] = []
        if found is not None and found[0] == key:
            rows, found = found[1], next(standing, None)
        seen += len(rows)
        if rows != _as_transfers(entry):
            wrong.append(Finding("entry", _row(key), "its transfers are not its lines"))
    while found is not None:
        wrong.append(Finding("transfer", _row(found[0]), "its entry is missing"))
        found = next(standing, None)
    return _result("transfers_equal_lines", seen, "transfers", wrong)


def _by_entry(rows: Any) -> Iterator[tuple[tuple[int, int], list[tuple[object, ...]]]]:  # noqa: ANN401 (a streamed result)
    key, held = None, list[tuple[object, ...]]()
    for row in rows:
        if (row.bank_id, row.entry_id) != key:
            if key is not None:
                yield key, held
            key, held = (row.bank_id, row.entry_id), []
        held.append(tuple(row[2:]))
    if key is not None:
        yield key, held


def _as_transfers(entry: Row[*tuple[Any, ...]]) -> list[tuple[object, ...]]:
    return [
        (number, *line[:3], entry.reverses, line[3] if len(line) > 3 else None)  # noqa: PLR2004 (a fourth: the line mirrored)
        for number, line in enumerate(entry.lines, start=1)
    ]


def postings_equal_transfers(session: Session) -> CheckResult:
    """Every transfer has its two postings under the numbers it names, and no posting stands without its transfer."""
    wrong = list[Finding]()
    for account, number, sign in (
        (Transfer.from_account_id, Transfer.from_number, -1),
        (Transfer.to_account_id, Transfer.to_number, 1),
    ):
        same = and_(
            Posting.bank_id == Transfer.bank_id,
            Posting.account_id == account,
            Posting.number == number,
            Posting.entry_id == Transfer.entry_id,
            Posting.line == Transfer.line,
            Posting.minutes == Transfer.minutes * sign,
        )
        missing = (
            select(Transfer.bank_id, Transfer.entry_id, Transfer.line)
            .outerjoin(Posting, same)
            .where(Posting.number.is_(None))
        )
        wrong += [
            Finding("transfer", _row(row), "its posting is missing or differs") for row in session.execute(missing)
        ]
    stray = (
        select(Posting.bank_id, Posting.account_id, Posting.number)
        .outerjoin(
            Transfer,
            and_(
                Transfer.bank_id == Posting.bank_id,
                Transfer.entry_id == Posting.entry_id,
                Transfer.line == Posting.line,
                or_(
                    and_(
                        Transfer.from_account_id == Posting.account_id,
                        Transfer.from_number == Posting.number,
                        Posting.minutes == -Transfer.minutes,
                    ),
                    and_(
                        Transfer.to_account_id == Posting.account_id,
                        Transfer.to_number == Posting.number,
                        Posting.minutes == Transfer.minutes,
                    ),
                ),
            ),
        )
        .where(Transfer.line.is_(None))
    )
    wrong += [Finding("posting", _row(row), "it belongs to no transfer") for row in session.execute(stray)]
    return _result("postings_equal_transfers", _count(session, Posting), "postings", wrong)


def running_balances(session: Session) -> CheckResult:
    """Numbers run from 1 without a gap, and each balance, given and received follows from the one before."""
    window: dict[str, Any] = {"partition_by": (Posting.bank_id, Posting.account_id), "order_by": Posting.number}
    helps, mirror = Entry.kind.in_(_HELP), Entry.reverses.is_not(None)
    comes_in = (Posting.minutes > 0) != mirror
    steps = (
        select(
            Posting.bank_id,
            Posting.account_id,
            Posting.number,
            (Posting.number - func.coalesce(func.lag(Posting.number).over(**window), 0)).label("step"),
            (Posting.balance_after - func.coalesce(func.lag(Posting.balance_after).over(**window), 0)).label("moved"),
            (Posting.given_after - func.coalesce(func.lag(Posting.given_after).over(**window), 0)).label("gave"),
            (Posting.received_after - func.coalesce(func.lag(Posting.received_after).over(**window), 0)).label("got"),
            Posting.minutes,
            case((and_(helps, comes_in), Posting.minutes), else_=0).label("gives"),
            case((and_(helps, ~comes_in), -Posting.minutes), else_=0).label("gets"),
        )
        .join(Entry, and_(Entry.bank_id == Posting.bank_id, Entry.id == Posting.entry_id))
        .subquery()
    )
    off = or_(
        steps.c.step != 1, steps.c.moved != steps.c.minutes, steps.c.gave != steps.c.gives, steps.c.got != steps.c.gets
    )
    query = select(steps.c.bank_id, steps.c.account_id, steps.c.number).where(off)
    wrong = [Finding("posting", _row(row), "it does not follow from the one before") for row in session.execute(query)]
    return _result("running_balances", _count(session, Posting), "postings", wrong)


def reversals_mirror(session: Session) -> CheckResult:
    """A reversal's lines each mirror one line of an entry of its kind that is no reversal, each once, last first."""
    first, first_entry, entry = aliased(Transfer), aliased(Entry), aliased(Entry)
    query = (
        select(Transfer.bank_id, Transfer.entry_id, Transfer.line)
        .outerjoin(
            first,
            and_(
                first.bank_id == Transfer.bank_id,
                first.entry_id == Transfer.reverses,
                first.line == Transfer.reverses_line,
                first.from_account_id == Transfer.to_account_id,
                first.to_account_id == Transfer.from_account_id,
                first.minutes == Transfer.minutes,
            ),
        )
        .outerjoin(first_entry, and_(first_entry.bank_id == Transfer.bank_id, first_entry.id == Transfer.reverses))
        .outerjoin(entry, and_(entry.bank_id == Transfer.bank_id, entry.id == Transfer.entry_id))
        .where(
            Transfer.reverses.is_not(None),
            or_(
                first.line.is_(None),
                first_entry.reverses.is_not(None),
                first_entry.kind != entry.kind,
                entry.reverses.is_distinct_from(Transfer.reverses),
            ),
        )
    )
    wrong = [Finding("transfer", _row(row), "it mirrors no line") for row in session.execute(query)]
    twice = (
        select(Transfer.bank_id, Transfer.reverses, Transfer.reverses_line)
        .where(Transfer.reverses.is_not(None))
        .group_by(Transfer.bank_id, Transfer.reverses, Transfer.reverses_line)
        .having(func.count() > 1)
    )
    wrong += [Finding("transfer", _row(row), "it was taken back more than once") for row in session.execute(twice)]
    reversals = session.scalar(select(func.count()).where(Entry.reverses.is_not(None))) or 0
    return _result("reversals_mirror", reversals, "reversals", wrong)


def floors_on_record(session: Session) -> CheckResult:
    """Every floor is what the newest limit change says, changes are numbered without a gap, and balances keep it."""
    newest = (
        select(
            LimitChange.bank_id,
            LimitChange.account_id,
            func.max(LimitChange.number).label("number"),
            func.min(LimitChange.number).label("first"),
            func.count().label("changes"),
        )
        .group_by(LimitChange.bank_id, LimitChange.account_id)
        .subquery()
    )
    change = aliased(LimitChange)
    query = (
        select(Account.bank_id, Account.id)
        .outerjoin(newest, and_(newest.c.bank_id == Account.bank_id, newest.c.account_id == Account.id))
        .outerjoin(
            change,
            and_(
                change.bank_id == Account.bank_id,
                change.account_id == Account.id,
                change.number == newest.c.number,
            ),
        )
        .where(
            or_(
                newest.c.number.is_(None),
                newest.c.number != newest.c.changes,
                newest.c.first != 1,
                change.floor.is_distinct_from(Account.floor),
                Account.balance < Account.floor,
            )
        )
    )
    wrong = [Finding("account", _row(row), "its floor is not on record, or not kept") for row in session.execute(query)]
    return _result("floors_on_record", _count(session, LimitChange), "limit changes", wrong)


def entries_as_written(session: Session) -> CheckResult:
    """Every entry still fits the digest that was made, with the books' key, when it was written."""
    wrong = list[Finding]()
    key = session.info["books_key"]
    for row in session.execute(_whole_entries()):
        try:
            digest = digest_entry(key, _as_new_entry(row), row.words_digest)
        except (LedgerError, TypeError, ValueError):
            digest = b""
        if not hmac.compare_digest(digest, bytes(row.digest)):
            wrong.append(Finding("entry", f"{row.bank_id}/{row.id}", "it was changed after it was written"))
    return _result("entries_as_written", _count(session, Entry), "entries", wrong)


def words_as_written(session: Session) -> CheckResult:
    """The words of an entry, where they were not erased, fit the digest that the entry keeps of them."""
    query = (
        select(Entry.bank_id, Entry.id, Entry.words_digest, Memo.entry_id, Memo.words, Memo.salt)
        .join(Memo, and_(Memo.bank_id == Entry.bank_id, Memo.entry_id == Entry.id), full=True)
        .where(or_(Entry.words_digest.is_not(None), Memo.entry_id.is_not(None)))
        .execution_options(yield_per=_BATCH)
    )
    wrong, seen = list[Finding](), 0
    for row in session.execute(query):
        seen += 1
        if row.entry_id is None or row.id is None or row.words_digest is None:
            wrong.append(
                Finding("memo", f"{row.bank_id}/{row.id or row.entry_id}", "the words or their entry are missing")
            )
        elif (row.words is None) != (row.salt is None):
            wrong.append(Finding("memo", f"{row.bank_id}/{row.id}", "the words were blanked without their salt"))
        elif row.words is not None and digest_words(row.salt, row.words) != bytes(row.words_digest):
            wrong.append(Finding("memo", f"{row.bank_id}/{row.id}", "the words were changed"))
    return _result("words_as_written", seen, "memos", wrong)


def _whole_entries() -> Select[*tuple[Any, ...]]:
    return select(
        Entry.bank_id,
        Entry.id,
        Entry.key,
        Entry.kind,
        Entry.lines,
        Entry.occurred_on,
        Entry.recorded_at,
        Entry.recorded_by,
        Entry.deed,
        Entry.on_behalf_of,
        Entry.approved_by,
        Entry.reverses,
        Entry.words_digest,
        Entry.digest,
    ).execution_options(yield_per=_BATCH)


def _as_new_entry(row: Row[*tuple[Any, ...]]) -> NewEntry:
    return NewEntry(
        bank_id=row.bank_id,
        key=row.key,
        kind=EntryKind(row.kind),
        lines=tuple(Line(*line) for line in row.lines),
        occurred_on=row.occurred_on,
        recorded_at=row.recorded_at.astimezone(UTC),
        recorded_by=row.recorded_by,
        deed=row.deed,
        on_behalf_of=row.on_behalf_of,
        approved_by=row.approved_by,
        reverses=row.reverses,
    )


def web_role_owns_nothing(session: Session) -> CheckResult:
    """On PostgreSQL the role that the web uses owns no table, so that it can write nothing but through an entry."""
    if session.get_bind().dialect.name != "postgresql":
        return _result("web_role_owns_nothing", 0, "tables owned", [])
    owned = session.scalars(
        text(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " AND (pg_has_role(current_user, tableowner, 'USAGE') OR tablename IN"
            " ('account', 'entry', 'memo', 'transfer', 'posting', 'limit_change', 'trail')"
            " AND has_table_privilege(current_user, schemaname || '.' || tablename, 'DELETE, TRUNCATE'))"
            " ORDER BY tablename"
        )
    ).all()
    wrong = [
        Finding(
            "pg_tables",
            str(name),
            "the web's role may do anything with it: set TIMEBANK_OWNER_URL and run timebank init again",
        )
        for name in owned
    ]
    return _result("web_role_owns_nothing", len(owned), "tables owned", wrong, warns_only=True)


CHECKS: Sequence[Callable[[Session], CheckResult]] = (
    sum_is_zero,
    balances_equal_postings,
    transfers_equal_lines,
    postings_equal_transfers,
    running_balances,
    reversals_mirror,
    floors_on_record,
    entries_as_written,
    words_as_written,
    web_role_owns_nothing,
)


def _count(session: Session, table: type[Account | Posting | Entry | LimitChange]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def _row(parts: Any) -> str:  # noqa: ANN401 (a row or a tuple)
    return "/".join(str(part) for part in parts)


def _result(name: str, figure: int, unit: str, wrong: Sequence[Finding], *, warns_only: bool = False) -> CheckResult:
    return CheckResult(name, figure, unit, tuple(wrong[:MOST_FINDINGS]), len(wrong), warns_only=warns_only)
