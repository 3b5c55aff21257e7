"""Reading every entry of a bank, one after the other, for who takes the books elsewhere."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, and_, or_, select
from sqlalchemy.orm import Session, aliased

from timebank.bookkeeping.models import Entry, Memo, Posting, Transfer
from timebank.ledger.entries import HISTORY

_BATCH = 2_000
#: A line with its entry; see `stream_lines` for its columns.
LineRow = Row[*tuple[Any, ...]]


def stream_lines(session: Session, bank_id: int) -> Iterator[LineRow]:
    """Every line of every entry of a bank, in the order of the entries' ids, read as it is asked for.

    Columns: id, key, kind, occurred_on, recorded_at, recorded_by, on_behalf_of, approved_by, reverses (the key of the
    entry that is taken back), words; line, minutes, mirrors; from_account_id, from_number, from_after, to_account_id,
    to_number, to_after. Where somebody wrote past the guards and a transfer or posting is missing, its columns are
    None.
    """
    giving, taking, first = aliased(Posting), aliased(Posting), aliased(Entry)
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
            Transfer.line,
            Transfer.minutes,
            Transfer.reverses_line.label("mirrors"),
            Transfer.from_account_id,
            Transfer.from_number,
            giving.balance_after.label("from_after"),
            Transfer.to_account_id,
            Transfer.to_number,
            taking.balance_after.label("to_after"),
        )
        .outerjoin(Transfer, and_(Transfer.bank_id == Entry.bank_id, Transfer.entry_id == Entry.id))
        .outerjoin(first, and_(first.bank_id == Entry.bank_id, first.id == Entry.reverses))
        .outerjoin(Memo, and_(Memo.bank_id == Entry.bank_id, Memo.entry_id == Entry.id))
    )
    for posting, account, number in (
        (giving, Transfer.from_account_id, Transfer.from_number),
        (taking, Transfer.to_account_id, Transfer.to_number),
    ):
        same = and_(posting.bank_id == Transfer.bank_id, posting.account_id == account, posting.number == number)
        query = query.outerjoin(posting, same)
    ordered = query.where(Entry.bank_id == bank_id).order_by(Entry.id, Transfer.line)
    with session.execute(ordered.execution_options(yield_per=_BATCH)) as lines:
        yield from lines


def stream_history(session: Session, bank_id: int | None = None) -> Iterator[Row[*tuple[Any, ...]]]:
    """Every entry of a bank, or of all, that was brought in as history and takes nothing back, read as it is asked for.

    Columns: bank_id, key, deed, kind, lines, occurred_on, recorded_by, recorded_at, words, has_words (also once they
    are erased).
    """
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
        yield from entries
