"""Finding corrections, what they would do, and accounts by who holds them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, and_, or_, select, true
from sqlalchemy.orm import Session

from timebank.bookkeeping.queries import list_entry_lines
from timebank.corrections.models import Correction, CorrectionKind
from timebank.ledger.entries import Line
from timebank.members.models import Membership, Person
from timebank.members.rules import fold

ROWS_A_PAGE = 25
#: How many that wait are shown at once; a bank has a handful.
MOST_WAITING = 50
_LONGEST_WORDS = 80
_LONGEST_NUMBER = 9
#: Columns: id, code, kind, entry_id, lines (JSON), occurred_on, reason, proposed_by, proposed_at, approved_by,
#: refused_by, refused_because, closed_at.
CorrectionRow = Row[*tuple[Any, ...]]


def find_correction(session: Session, bank_id: int, code: str) -> Correction | None:
    """The correction under this code of the bank."""
    return session.scalar(select(Correction).where(Correction.bank_id == bank_id, Correction.code == code))


def list_waiting(session: Session, bank_id: int) -> Sequence[CorrectionRow]:
    """Corrections that wait for an answer, oldest first."""
    query = _columns().where(Correction.bank_id == bank_id, Correction.closed_at.is_(None))
    return session.execute(query.order_by(Correction.id).limit(MOST_WAITING)).all()


def list_of_entry(session: Session, bank_id: int, entry_id: int) -> Sequence[CorrectionRow]:
    """Corrections that would take back lines of this entry or have done so, newest first."""
    query = _columns().where(Correction.bank_id == bank_id, Correction.entry_id == entry_id)
    return session.execute(query.order_by(Correction.id.desc()).limit(ROWS_A_PAGE)).all()


@dataclass(frozen=True, slots=True)
class CorrectionsPage:
    """One page of corrections, newest first; `older` is the id to page from (None: this is the last page)."""

    rows: Sequence[CorrectionRow]
    older: int | None


def list_corrections(session: Session, bank_id: int, *, waits: bool, below: int | None = None) -> CorrectionsPage:
    """A page of corrections that wait, or that were answered."""
    closed = Correction.closed_at.is_(None) if waits else Correction.closed_at.is_not(None)
    query = _columns().where(Correction.bank_id == bank_id, closed)
    query = query.where(Correction.id < below) if below is not None else query
    rows = session.execute(query.order_by(Correction.id.desc()).limit(ROWS_A_PAGE + 1)).all()
    return CorrectionsPage(rows[:ROWS_A_PAGE], rows[ROWS_A_PAGE - 1].id if len(rows) > ROWS_A_PAGE else None)


def lines_of(session: Session, correction: Correction) -> Sequence[Line]:
    """The lines that a correction writes, or wrote."""
    return lines_by_id(session, correction.bank_id, [correction])[correction.id]


def lines_by_id(
    session: Session, bank_id: int, corrections: Sequence[Correction | CorrectionRow]
) -> dict[int, Sequence[Line]]:
    """{id of a correction: the lines that it writes}; a reversal's mirror those of its entry, the last one first."""
    entries = [row.entry_id for row in corrections if row.entry_id is not None]
    standing = list_entry_lines(session, bank_id, entries) if entries else {}
    return {row.id: _lines(row, standing) for row in corrections}


def _lines(row: Correction | CorrectionRow, standing: dict[int, tuple[Line, ...]]) -> Sequence[Line]:
    told = json.loads(row.lines)
    if row.kind == CorrectionKind.ADJUSTMENT:
        return [Line(*line) for line in told]
    return [standing[row.entry_id or 0][number - 1].mirrored(number) for number in sorted(told, reverse=True)]


def search_accounts(
    session: Session, bank_id: int, words: str, *, code: str | None = None
) -> Sequence[Row[str, str, int, int, str]]:
    """(name, code, number, account_id, standing) by every word of a name or by number, also of who has left.

    `code` finds just the member under that code.
    """
    query = (
        select(Person.name, Membership.code, Membership.number, Membership.account_id, Membership.standing)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.bank_id == bank_id, Membership.is_holder.is_(False))
    )
    if code is not None:
        query = query.where(Membership.code == code)
    found = and_(
        true(),
        *(Person.name_folded.contains(word, autoescape=True) for word in fold(words)[:_LONGEST_WORDS].split()),
    )
    number = words.strip()
    if number.isascii() and number.isdigit() and len(number) <= _LONGEST_NUMBER:
        found = or_(Membership.number == int(number), found)
    return session.execute(query.where(found).order_by(Person.name, Membership.number).limit(ROWS_A_PAGE)).all()


def _columns() -> Select[*tuple[Any, ...]]:
    return select(
        Correction.id,
        Correction.code,
        Correction.kind,
        Correction.entry_id,
        Correction.lines,
        Correction.occurred_on,
        Correction.reason,
        Correction.proposed_by,
        Correction.proposed_at,
        Correction.approved_by,
        Correction.refused_by,
        Correction.refused_because,
        Correction.closed_at,
    )
