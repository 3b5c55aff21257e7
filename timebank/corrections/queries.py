"""Queries of corrections, of the lines that they post, and of accounts by their holders."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.bookkeeping.queries import list_entry_lines
from timebank.corrections.models import Correction, CorrectionKind
from timebank.ledger.entries import Line
from timebank.members.models import Membership, Person
from timebank.members.queries import is_called_or_numbered
from timebank.rows import Page, columns_of, fetch, fetch_page

ROWS_A_PAGE = 25
#: Waiting corrections listed at once; a bank has a handful.
MOST_WAITING = 50


class CorrectionRow(NamedTuple):
    """A correction in a list; its columns mean what they mean in `Correction`, and `lines` are JSON."""

    id: int
    code: str
    kind: str
    entry_id: int | None
    lines: str
    occurred_on: date
    reason: str
    proposed_by: int
    proposed_at: datetime
    approved_by: int | None
    refused_by: int | None
    refused_because: str | None
    closed_at: datetime | None


_COLUMNS = columns_of(Correction, CorrectionRow)


def find_correction(session: Session, bank_id: int, code: str) -> Correction | None:
    """Return the correction of the bank with this code; None if there is none."""
    return session.scalar(select(Correction).where(Correction.bank_id == bank_id, Correction.code == code))


def list_waiting(session: Session, bank_id: int) -> Sequence[CorrectionRow]:
    """Return the corrections that wait for an answer, oldest first."""
    query = select(*_COLUMNS).where(Correction.bank_id == bank_id, Correction.closed_at.is_(None))
    return fetch(session, query.order_by(Correction.id).limit(MOST_WAITING), CorrectionRow)


def list_of_entry(session: Session, bank_id: int, entry_id: int) -> Sequence[CorrectionRow]:
    """Return the corrections that reverse lines of this entry, waiting or answered, newest first."""
    query = select(*_COLUMNS).where(Correction.bank_id == bank_id, Correction.entry_id == entry_id)
    return fetch(session, query.order_by(Correction.id.desc()).limit(ROWS_A_PAGE), CorrectionRow)


def list_corrections(session: Session, bank_id: int, *, waits: bool, below: int | None = None) -> Page[CorrectionRow]:
    """Return a page of corrections that wait, or that were answered, with ids under `below`; newest first."""
    closed = Correction.closed_at.is_(None) if waits else Correction.closed_at.is_not(None)
    query = select(*_COLUMNS).where(Correction.bank_id == bank_id, closed)
    query = query.where(Correction.id < below) if below is not None else query
    return fetch_page(session, query.order_by(Correction.id.desc()), CorrectionRow, ROWS_A_PAGE)


def lines_of(session: Session, correction: Correction) -> Sequence[Line]:
    """Return the lines that a correction posts or posted."""
    return lines_by_id(session, correction.bank_id, [correction])[correction.id]


def lines_by_id(
    session: Session, bank_id: int, corrections: Sequence[Correction | CorrectionRow]
) -> dict[int, Sequence[Line]]:
    """Return {id of a correction: the lines that it posts}; a reversal's mirror its entry's, the last one first."""
    entries = [row.entry_id for row in corrections if row.entry_id is not None]
    standing = list_entry_lines(session, bank_id, entries) if entries else {}
    return {row.id: _lines(row, standing) for row in corrections}


def _lines(row: Correction | CorrectionRow, standing: dict[int, tuple[Line, ...]]) -> Sequence[Line]:
    lines_or_numbers = json.loads(row.lines)
    if row.kind == CorrectionKind.ADJUSTMENT:
        return [Line(*line) for line in lines_or_numbers]
    return [
        standing[row.entry_id or 0][number - 1].mirrored(number) for number in sorted(lines_or_numbers, reverse=True)
    ]


class AccountMatch(NamedTuple):
    """A member whose account was searched for."""

    name: str
    code: str
    number: int
    account_id: int
    standing: str


def search_accounts(session: Session, bank_id: int, words: str, *, code: str | None = None) -> list[AccountMatch]:
    """Return the members whose name has every word, or whose number was typed, also those who left; by name.

    `code` limits the search to the member with that code.
    """
    query = (
        select(Person.name, Membership.code, Membership.number, Membership.account_id, Membership.standing)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.bank_id == bank_id, Membership.is_holder.is_(False))
    )
    if code is not None:
        query = query.where(Membership.code == code)
    query = query.where(is_called_or_numbered(words)).order_by(Person.name, Membership.number)
    return fetch(session, query.limit(ROWS_A_PAGE), AccountMatch)
