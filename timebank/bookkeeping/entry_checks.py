"""What must always be true of entries: their lines, what came of them, what they reverse, and their words."""

import hmac
from collections.abc import Iterator
from datetime import UTC
from itertools import islice
from typing import Any

from sqlalchemy import Row, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from timebank.bookkeeping.entry_rows import NewEntry, digest_entry, digest_words
from timebank.bookkeeping.findings import count_rows, counted, name_row, result
from timebank.bookkeeping.models import Account, Entry, Memo, Posting, Transfer
from timebank.bookkeeping.quick_checks import do_lines_stand, do_pairs_stand, list_doubtful_entries
from timebank.ledger.checks import CheckResult, Finding
from timebank.ledger.entries import EntryKind, Line
from timebank.ledger.errors import LedgerError

_BATCH = 5_000
#: So many entries in doubt are looked at one by one; where there are more, all are.
_FEW = 500


def transfers_equal_lines(session: Session) -> CheckResult:
    """Every line of every entry stands as its transfer, and no transfer stands without its line."""
    transfers = count_rows(session, Transfer)
    if do_lines_stand(session, transfers):
        return result("transfers_equal_lines", transfers, "transfers", [])
    return _look_at_each_line(session)


def _look_at_each_line(session: Session) -> CheckResult:
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
            wrong.append(Finding("transfer", name_row(found[0]), "its entry is missing"))
            found = next(standing, None)
        rows: list[tuple[object, ...]] = []
        if found is not None and found[0] == key:
            rows, found = found[1], next(standing, None)
        seen += len(rows)
        if rows != _as_transfers(entry):
            wrong.append(Finding("entry", name_row(key), "its transfers are not its lines"))
    while found is not None:
        wrong.append(Finding("transfer", name_row(found[0]), "its entry is missing"))
        found = next(standing, None)
    return result("transfers_equal_lines", seen, "transfers", wrong)


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
    postings = count_rows(session, Posting)
    wrong = [] if do_pairs_stand(session, postings) else _look_at_each_pair(session)
    return result("postings_equal_transfers", postings, "postings", wrong)


def _look_at_each_pair(session: Session) -> list[Finding]:
    wrong = [*_transfers_without_posting(session), *_transfers_without_account(session)]
    of_transfer = and_(
        Transfer.bank_id == Posting.bank_id, Transfer.entry_id == Posting.entry_id, Transfer.line == Posting.line
    )
    takes = and_(
        Transfer.from_account_id == Posting.account_id,
        Transfer.from_number == Posting.number,
        Posting.minutes == -Transfer.minutes,
    )
    gives = and_(
        Transfer.to_account_id == Posting.account_id,
        Transfer.to_number == Posting.number,
        Posting.minutes == Transfer.minutes,
    )
    stray = (
        select(Posting.bank_id, Posting.account_id, Posting.number)
        .outerjoin(Transfer, and_(of_transfer, or_(takes, gives)))
        .where(Transfer.line.is_(None))
    )
    wrong += [Finding("posting", name_row(row), "it belongs to no transfer") for row in session.execute(stray)]
    return wrong


def _transfers_without_posting(session: Session) -> Iterator[Finding]:
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
        for row in session.execute(missing):
            yield Finding("transfer", name_row(row), "its posting is missing or differs")


def _transfers_without_account(session: Session) -> Iterator[Finding]:
    for account in (Transfer.from_account_id, Transfer.to_account_id):
        stands = select(Account.id).where(Account.bank_id == Transfer.bank_id, Account.id == account).exists()
        nowhere = select(Transfer.bank_id, Transfer.entry_id, Transfer.line).where(~stands)
        for row in session.execute(nowhere):
            yield Finding("transfer", name_row(row), "its account is missing")


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
    wrong = [Finding("transfer", name_row(row), "it mirrors no line") for row in session.execute(query)]
    twice = (
        select(Transfer.bank_id, Transfer.reverses, Transfer.reverses_line)
        .where(Transfer.reverses.is_not(None))
        .group_by(Transfer.bank_id, Transfer.reverses, Transfer.reverses_line)
        .having(func.count() > 1)
    )
    wrong += [Finding("transfer", name_row(row), "it was taken back more than once") for row in session.execute(twice)]
    reversals = session.scalar(select(func.count()).where(Entry.reverses.is_not(None))) or 0
    return result("reversals_mirror", reversals, "reversals", wrong)


def entries_as_written(session: Session) -> CheckResult:
    """Every entry still fits the digest that was made, with the books' key, when it was written."""
    wrong = list[Finding]()
    key = session.info["books_key"]
    doubtful = list(islice(list_doubtful_entries(session, key), _FEW + 1))
    entries = _whole_entries().where(tuple_(Entry.bank_id, Entry.id).in_(doubtful[:_FEW]))
    for row in session.execute(entries if len(doubtful) <= _FEW else _whole_entries()) if doubtful else ():
        try:
            digest = digest_entry(key, _as_new_entry(row), row.words_digest)
        except (LedgerError, TypeError, ValueError):
            digest = b""
        if not hmac.compare_digest(digest, bytes(row.digest)):
            wrong.append(Finding("entry", f"{row.bank_id}/{row.id}", "it was changed after it was written"))
    return result("entries_as_written", count_rows(session, Entry), "entries", wrong)


def words_as_written(session: Session) -> CheckResult:
    """The words of an entry, where they were not erased, fit the digest that the entry keeps of them."""
    query = (
        select(Entry.bank_id, Entry.id, Entry.words_digest, Memo.entry_id, Memo.words, Memo.salt)
        .join(Memo, and_(Memo.bank_id == Entry.bank_id, Memo.entry_id == Entry.id), full=True)
        .where(or_(Entry.words_digest.is_not(None), Memo.entry_id.is_not(None)))
        .execution_options(yield_per=_BATCH)
    )
    wrong, seen = list[Finding](), 0
    for row in counted(session, session.execute(query)):
        seen += 1
        if row.entry_id is None or row.id is None or row.words_digest is None:
            wrong.append(
                Finding("memo", f"{row.bank_id}/{row.id or row.entry_id}", "the words or their entry are missing")
            )
        elif (row.words is None) != (row.salt is None):
            wrong.append(Finding("memo", f"{row.bank_id}/{row.id}", "the words were blanked without their salt"))
        elif row.words is not None and digest_words(row.salt, row.words) != bytes(row.words_digest):
            wrong.append(Finding("memo", f"{row.bank_id}/{row.id}", "the words were changed"))
    return result("words_as_written", seen, "memos", wrong)


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
        Entry.resolves,
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
        resolves=row.resolves,
    )
