"""One entry with everything connected to it: exchange, steps, reversals, corrections, trail rows, and who took part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from timebank.audit.rules import keys_of
from timebank.bookkeeping.audit_queries import (
    EntryLine,
    EntryRow,
    RelatedEntry,
    find_entry,
    list_lines,
    list_related_entries,
)
from timebank.bookkeeping.queries import list_reversed_lines
from timebank.corrections.models import Correction
from timebank.corrections.queries import CorrectionRow, find_correction, list_of_entry
from timebank.exchanges.models import Exchange, Reversal
from timebank.exchanges.queries import ExchangeStepRow, find_exchange, list_steps
from timebank.members.models import Membership, Person
from timebank.references import Ref, Subject, code_of
from timebank.trail.queries import SubjectDeed, list_deeds_of


@dataclass(frozen=True, slots=True)
class People:
    """Names by membership id, and (name, code) by account id."""

    members: Mapping[int, str]
    accounts: Mapping[int, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Story:
    """An entry and the rows connected to it; `exchange` is None and `steps` empty unless it belongs to an exchange.

    `correction` is the one that posted it, `taken_back_by` are those that reverse its lines; `lines_left` counts the
    lines that can still be reversed.
    """

    entry: EntryRow
    lines: Sequence[EntryLine]
    related: Sequence[RelatedEntry]
    exchange: Exchange | None
    steps: Sequence[ExchangeStepRow]
    reversal: Reversal | None
    correction: Correction | None
    taken_back_by: Sequence[CorrectionRow]
    lines_left: int
    deeds: Sequence[SubjectDeed]
    people: People


def find_story(session: Session, bank_id: int, word: str, code: str) -> Story | None:
    """Return the story of the bank's entry under this word and code of a URL; None if there is no such entry."""
    entry = find_entry(session, bank_id, keys_of(word, code))
    if entry is None:
        return None
    lines = list_lines(session, bank_id, entry)
    exchange_code = code_of(Subject.EXCHANGE, entry.deed)
    exchange = find_exchange(session, bank_id, exchange_code) if exchange_code else None
    steps = list_steps(session, bank_id, exchange.id) if exchange else []
    reversal = _find_reversal(session, entry.key, exchange) if exchange else None
    correction = None if exchange else _find_correction(session, bank_id, entry.key)
    taken_back_by = [] if exchange else list_of_entry(session, bank_id, entry.id)
    subjects = {entry.deed, *([str(Ref(Subject.REVERSAL, reversal.code))] if reversal else [])}
    corrections = [row for row in (correction, *taken_back_by) if row is not None]
    subjects |= {str(Ref(Subject.CORRECTION, row.code)) for row in corrections}
    deeds = list_deeds_of(session, bank_id, sorted(subjects))
    doers: set[int | None] = {entry.recorded_by, entry.on_behalf_of, entry.approved_by}
    rows: list[ExchangeStepRow | SubjectDeed] = [*steps, *deeds]
    doers |= {member_id for row in rows for member_id in (row.done_by, row.on_behalf_of)}
    if reversal:
        doers |= {reversal.proposed_by, reversal.approved_by, reversal.refused_by}
        doers |= {reversal.giver_agreed_by, reversal.receiver_agreed_by}
    for row in corrections:
        doers |= {row.proposed_by, row.approved_by, row.refused_by}
    sides = {account for line in lines for account in (line.from_account_id, line.to_account_id)}
    people = list_people(session, bank_id, doers, sides)
    related = list_related_entries(session, bank_id, entry)
    reversed_lines = list_reversed_lines(session, bank_id, entry.id)
    left = 0 if entry.reverses else len(lines) - len(reversed_lines)
    return Story(entry, lines, related, exchange, steps, reversal, correction, taken_back_by, left, deeds, people)


def _find_correction(session: Session, bank_id: int, key: str) -> Correction | None:
    """Return the correction that posted the entry with this key."""
    word, _colon, code = key.partition(":")
    return find_correction(session, bank_id, code) if word in {"adjustment", "reversal"} else None


def list_people(session: Session, bank_id: int, memberships: set[int | None], accounts: set[int]) -> People:
    """Return the names of these memberships and of the holders of these accounts."""
    rows = session.execute(
        select(Membership.id, Membership.account_id, Person.name, Membership.code)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.bank_id == bank_id,
            or_(
                Membership.id.in_(memberships - {None}),
                Membership.account_id.in_(accounts),
            ),
        )
    ).all()
    return People({row.id: row.name for row in rows}, {row.account_id: (row.name, row.code) for row in rows})


def _find_reversal(session: Session, key: str, exchange: Exchange) -> Reversal | None:
    """Return the reversal that posted this entry, else the newest one proposed for its exchange."""
    query = select(Reversal).where(Reversal.bank_id == exchange.bank_id, Reversal.exchange_id == exchange.id)
    kind, _colon, code = key.partition(":")
    if kind == "reversal":
        query = query.where(Reversal.code == code)
    return session.scalar(query.order_by(Reversal.id.desc()).limit(1))
