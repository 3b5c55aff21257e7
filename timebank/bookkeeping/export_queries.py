"""Streaming queries over all entries of a bank, for exports."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Row, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from timebank.bookkeeping.models import Entry, Memo, Posting
from timebank.ledger.entries import HISTORY

_BATCH = 2_000


class LineRow(NamedTuple):
    """A line of an entry with its entry and its two postings; see `stream_lines`."""

    id: int
    key: str
    kind: str
    occurred_on: date
    recorded_at: datetime
    recorded_by: int
    on_behalf_of: int | None
    approved_by: int | None
    reverses: str | None
    words: str | None
    line: int
    minutes: int
    mirrors: int | None
    from_account_id: int
    from_number: int | None
    from_after: int | None
    to_account_id: int
    to_number: int | None
    to_after: int | None


def count_entries(session: Session, bank_id: int) -> int:
    """Return the number of a bank's entries."""
    return session.scalar(select(func.count()).select_from(Entry).where(Entry.bank_id == bank_id)) or 0


def stream_lines(session: Session, bank_id: int) -> Iterator[LineRow]:
    """Yield every line of every entry of a bank, in the order of the entries' ids, fetching in batches.

    `reverses` is the key of the reversed entry. If a posting is missing, which the triggers prevent, its number and
    balance are None.
    """
    first = aliased(Entry)
    query = (
        select(
            Entry.id,
            Entry.key,
            Entry.kind,
            Entry.occurred_on,
            Entry.recorded_at,
            Entry.recorded_by,
            Entry.on_behalf_of,
            Entry.approved_by,
            first.key.label("reverses"),
            Memo.words,
            Entry.lines,
        )
        .outerjoin(first, and_(first.bank_id == Entry.bank_id, first.id == Entry.reverses))
        .outerjoin(Memo, and_(Memo.bank_id == Entry.bank_id, Memo.entry_id == Entry.id))
        .where(Entry.bank_id == bank_id)
        .order_by(Entry.id)
        .execution_options(yield_per=_BATCH)
    )
    columns = (Posting.entry_id, Posting.line, Posting.account_id, Posting.minutes)
    sides_of_bank = select(*columns, Posting.number, Posting.balance_after).where(Posting.bank_id == bank_id)
    by_entry = sides_of_bank.order_by(Posting.entry_id).execution_options(yield_per=_BATCH)
    with session.execute(query) as entries, session.execute(by_entry) as postings:
        sides = _sides_of_entries(postings)
        for *entry, lines in entries:
            posted = sides(entry[0])
            for number, (source, target, minutes, *mirrors) in enumerate(lines, start=1):
                taken = posted.get((number, source, -minutes), _MISSING)
                given = posted.get((number, target, minutes), _MISSING)
                line = (number, minutes, mirrors[0] if mirrors else None, source, *taken, target, *given)
                yield LineRow._make((*entry, *line))


#: (line, account, signed minutes) of a posting, and its (number, balance after).
_Sides = dict[tuple[int, int, int], tuple[int | None, int | None]]
_MISSING = (None, None)


def _sides_of_entries(rows: Iterable[Row[*tuple[Any, ...]]]) -> Callable[[int], _Sides]:
    """Return a function from an entry's id to its postings; call it with ascending ids."""
    groups = groupby(rows, key=itemgetter(0))
    current: tuple[int, _Sides] | None = None

    def sides(entry_id: int) -> _Sides:
        nonlocal current
        while current is None or current[0] < entry_id:
            group = next(groups, None)
            if group is None:
                return {}
            current = (group[0], {(row[1], row[2], row[3]): (row[4], row[5]) for row in group[1]})
        return current[1] if current[0] == entry_id else {}

    return sides


class ExportRow(NamedTuple):
    """An imported entry; `has_words` is True also after its words were erased."""

    bank_id: int
    key: str
    deed: str
    kind: str
    lines: Sequence[Sequence[int]]
    occurred_on: date
    recorded_by: int
    recorded_at: datetime
    words: str | None
    has_words: bool


def stream_history(session: Session, bank_id: int | None = None) -> Iterator[ExportRow]:
    """Yield the imported entries of a bank, or of all banks, without reversals, fetching in batches."""
    query = (
        select(
            Entry.bank_id,
            Entry.key,
            Entry.deed,
            Entry.kind,
            Entry.lines,
            Entry.occurred_on,
            Entry.recorded_by,
            Entry.recorded_at,
            Memo.words,
            Entry.words_digest.is_not(None).label("has_words"),
        )
        .outerjoin(Memo, and_(Memo.bank_id == Entry.bank_id, Memo.entry_id == Entry.id))
        .where(or_(Entry.key.startswith(HISTORY), Entry.deed.startswith(HISTORY)), Entry.reverses.is_(None))
        .execution_options(yield_per=_BATCH)
    )
    if bank_id is not None:
        query = query.where(Entry.bank_id == bank_id)
    with session.execute(query) as entries:
        for entry in entries:
            yield ExportRow._make(entry)
