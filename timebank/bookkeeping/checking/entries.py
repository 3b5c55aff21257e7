"""Checks of entries: postings, reversals, marks and words."""

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import BigInteger, Row, and_, bindparam, or_, select, tuple_
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.sqltypes import TupleType

from timebank.bookkeeping.checking.findings import count_rows, name_row, with_progress
from timebank.bookkeeping.checking.marks import ALL_IDS, IdRange, find_doubtful_entries
from timebank.bookkeeping.checking.sides import are_sides_posted
from timebank.bookkeeping.encoding import CANNOT_ENCODE, is_mark, mark
from timebank.bookkeeping.entry_rows import digest_words
from timebank.bookkeeping.models import Account, Entry, Memo, Posting, TakenBack
from timebank.bookkeeping.sealing.leaves import SOURCES
from timebank.ledger.checks import CheckResult, Finding, check_result
from timebank.ledger.leaves import LeafKind

_BATCH = 5_000
#: How many doubtful entries are read per query.
_DOUBTFUL_BATCH = 500
_KEYS = TupleType(BigInteger, BigInteger)


def postings_equal_lines(session: Session) -> CheckResult:
    """Each line of each entry has its two postings, on existing accounts, and there are no other postings."""
    wrong = [] if are_sides_posted(session) else _inspect_each_line(session)
    return check_result("postings_equal_lines", count_rows(session, Posting), "postings", wrong)


def _inspect_each_line(session: Session) -> list[Finding]:
    wrong = list[Finding]()
    columns = (Posting.bank_id, Posting.entry_id, Posting.line, Posting.account_id, Posting.minutes, Posting.number)
    postings = session.execute(
        select(*columns).order_by(Posting.bank_id, Posting.entry_id).execution_options(yield_per=_BATCH)
    )
    entries = session.execute(
        select(Entry.bank_id, Entry.id, Entry.reverses, Entry.lines)
        .order_by(Entry.bank_id, Entry.id)
        .execution_options(yield_per=_BATCH)
    )
    posted = groupby(postings, key=itemgetter(0, 1))
    key, rows = next(posted, (None, ()))
    for entry in entries:
        while key is not None and key < (entry.bank_id, entry.id):
            wrong += _without_entry(rows)
            key, rows = next(posted, (None, ()))
        sides: list[tuple[int, int, int]] = []
        if key == (entry.bank_id, entry.id):
            sides = [(row.line, row.account_id, row.minutes) for row in rows]
            key, rows = next(posted, (None, ()))
        if Counter(sides) != Counter(_sides(entry)):
            wrong.append(Finding("entry", name_row(entry[:2]), "its postings are not its lines"))
    while key is not None:
        wrong += _without_entry(rows)
        key, rows = next(posted, (None, ()))
    its = and_(Account.bank_id == Posting.bank_id, Account.id == Posting.account_id)
    nowhere = select(Posting.bank_id, Posting.account_id, Posting.number).outerjoin(Account, its)
    for row in session.execute(nowhere.where(Account.id.is_(None))):
        wrong.append(Finding("posting", name_row(row), "its account is missing"))
    return wrong


def _without_entry(rows: Any) -> list[Finding]:  # noqa: ANN401 (rows of one entry that does not exist)
    return [
        Finding("posting", name_row((row.bank_id, row.account_id, row.number)), "its entry is missing") for row in rows
    ]


def _sides(entry: Row[*tuple[Any, ...]]) -> Iterator[tuple[object, ...]]:
    """Yield (line, account, minutes) of each side of an entry's lines; of a malformed line a tuple that equals none."""
    parts = 3 if entry.reverses is None else 4
    for number, line in enumerate(entry.lines, start=1):
        if not isinstance(line, list) or len(line) != parts or any(type(part) is not int for part in line):
            yield (number,)
            continue
        yield number, line[0], -line[2]
        yield number, line[1], line[2]


def reversals_mirror(session: Session) -> CheckResult:
    """A reversal's lines mirror lines of an entry of its kind that is no reversal, each once and in descending order.

    `taken_back` has one row for each reversed line, and no others.
    """
    first = aliased(Entry)
    reversals = session.execute(
        select(
            Entry.bank_id,
            Entry.id,
            Entry.reverses,
            Entry.kind,
            Entry.lines,
            first.kind.label("first_kind"),
            first.reverses.label("first_reverses"),
            first.lines.label("first_lines"),
        )
        .outerjoin(first, and_(first.bank_id == Entry.bank_id, first.id == Entry.reverses))
        .where(Entry.reverses.is_not(None))
        .order_by(Entry.bank_id, Entry.id)
        .execution_options(yield_per=_BATCH)
    )
    wrong, seen, taken = list[Finding](), 0, dict[tuple[int, int, int], int]()
    for reversal in reversals:
        seen += 1
        if not _mirrors(reversal):
            wrong.append(Finding("entry", name_row(reversal[:2]), "it does not mirror what it takes back"))
            continue
        for line in reversal.lines:
            key = (reversal.bank_id, reversal.reverses, line[3])
            if key in taken:
                wrong.append(Finding("entry", name_row(key[:2]), "a line of it was taken back more than once"))
            taken[key] = reversal.id
    wrong += _noted_wrongly(session, taken)
    return check_result("reversals_mirror", seen, "reversals", wrong)


def _mirrors(reversal: Row[*tuple[Any, ...]]) -> bool:
    if reversal.first_lines is None or reversal.first_reverses is not None or reversal.first_kind != reversal.kind:
        return False
    lines = list(reversal.lines)
    if not lines or any(not isinstance(line, list) or len(line) != 4 for line in lines):  # noqa: PLR2004 (a fourth: the line mirrored)
        return False
    numbers = [line[3] for line in lines]
    if any(type(number) is not int or not 1 <= number <= len(reversal.first_lines) for number in numbers):
        return False
    mirrored = [reversal.first_lines[number - 1] for number in numbers]
    if not all(isinstance(line, list) for line in mirrored):
        return False
    return numbers == sorted(set(numbers), reverse=True) and all(
        [line[1], line[0], line[2]] == list(first[:3]) for line, first in zip(lines, mirrored, strict=True)
    )


def _noted_wrongly(session: Session, taken: dict[tuple[int, int, int], int]) -> Iterator[Finding]:
    columns = (TakenBack.bank_id, TakenBack.entry_id, TakenBack.line, TakenBack.by_entry_id)
    noted = {(bank, entry, line): by for bank, entry, line, by in session.execute(select(*columns))}
    for key in sorted(noted.keys() | taken.keys()):
        if noted.get(key) != taken.get(key):
            yield Finding("taken_back", name_row(key), "it is not what a reversal took back")


def entries_as_written(session: Session) -> CheckResult:
    """Every entry has the mark that the books' key yields for it, so it is as it was written."""
    return entries_between_as_written(session, ALL_IDS)


def entries_between_as_written(session: Session, ids: IdRange) -> CheckResult:
    """Check the same for the entries with these ids."""
    wrong, key, source = list[Finding](), session.info["books_key"], SOURCES[LeafKind.ENTRY]
    doubtful, seen = find_doubtful_entries(session, key, ids)
    entries = select(*source.columns, Entry.digest)
    for start in range(0, len(doubtful), _DOUBTFUL_BATCH):
        # With its type named: SQLAlchemy would take it from the first value, which on SQLite can be bytes that somebody
        # wrote past the guards, and keep it for every later run.
        keys = bindparam("keys", doubtful[start : start + _DOUBTFUL_BATCH], expanding=True, type_=_KEYS)
        batch = tuple_(Entry.bank_id, Entry.id).in_(keys)
        for row in session.execute(entries.where(batch).order_by(Entry.bank_id, Entry.id)):
            try:
                digest = mark(key, source.encode(row, key))
            except CANNOT_ENCODE:
                digest = b""
            if not is_mark(row.digest, digest):
                wrong.append(Finding("entry", f"{row.bank_id}/{row.id}", "it was changed after it was written"))
    return check_result("entries_as_written", seen, "entries", wrong)


def words_as_written(session: Session) -> CheckResult:
    """The words of an entry match the digest in the entry, and none are blanked: nothing erases words yet."""
    query = (
        select(Entry.bank_id, Entry.id, Entry.words_digest, Memo.entry_id, Memo.words, Memo.salt)
        .join(Memo, and_(Memo.bank_id == Entry.bank_id, Memo.entry_id == Entry.id), full=True)
        .where(or_(Entry.words_digest.is_not(None), Memo.entry_id.is_not(None)))
        .execution_options(yield_per=_BATCH)
    )
    wrong, seen = list[Finding](), 0
    for row in with_progress(session, session.execute(query)):
        seen += 1
        if row.entry_id is None or row.id is None or row.words_digest is None:
            wrong.append(
                Finding("memo", f"{row.bank_id}/{row.id or row.entry_id}", "the words or their entry are missing")
            )
        elif row.words is None or row.salt is None:
            wrong.append(Finding("memo", f"{row.bank_id}/{row.id}", "the words were blanked, and nobody may do that"))
        elif not _are_words(row):
            wrong.append(Finding("memo", f"{row.bank_id}/{row.id}", "the words were changed"))
    return check_result("words_as_written", seen, "memos", wrong)


def _are_words(row: Row[*tuple[Any, ...]]) -> bool:
    try:
        digest = digest_words(row.salt, row.words)
    except CANNOT_ENCODE:
        return False
    return digest is not None and is_mark(row.words_digest, digest)
