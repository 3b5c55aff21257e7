"""Proposing a correction, and a second approver's answer. Nothing is posted before that, and nothing is deleted.

An adjustment moves hours from one account to another; a reversal takes chosen lines of an entry back. Exchanges are
taken back in their own room, where both sides can agree.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.actors import Doing
from timebank.approvals.proposers import check_proposer
from timebank.banks.models import Bank
from timebank.banks.queries import lock_bank
from timebank.bookkeeping import actions as bookkeeping
from timebank.bookkeeping.queries import get_entry, list_reversed_lines
from timebank.bookkeeping.reversing import reverse
from timebank.corrections import rules
from timebank.corrections.errors import (
    AnsweredError,
    CorrectionStandsError,
    NoLinesChosenError,
    SameAccountsError,
    TakenBackOnExchangeError,
)
from timebank.corrections.models import Correction, CorrectionKind
from timebank.corrections.queries import lines_of
from timebank.errors import FutureDayError, NotAllowedError, ReasonMissingError
from timebank.exchanges.soft_limits import notice_crossings
from timebank.ledger.entries import EntryKind, Line, reversal_lines
from timebank.ledger.errors import AlreadyReversedError
from timebank.members.depending import list_depended_on
from timebank.members.queries import get_rights
from timebank.references import DeedName, Ref, Subject
from timebank.rows import get_locked
from timebank.spelling import is_blank
from timebank.trail import actions as trail


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Hours that are to move: from which account to which, in minutes, the day that they belong to, and why."""

    from_account: int
    to_account: int
    minutes: int
    day: date
    reason: str


def check_adjustment(bank: Bank, adjustment: Adjustment, doing: Doing) -> Line:
    """Check that an adjustment can be proposed as it stands; return its line.

    Raises NotAllowedError, ReasonMissingError, SameAccountsError, FutureDayError or NotMinutesError.
    """
    if not rules.may_propose(doing.by):
        raise NotAllowedError
    if is_blank(adjustment.reason):
        raise ReasonMissingError
    if adjustment.from_account == adjustment.to_account:
        raise SameAccountsError
    if adjustment.day > clock.local_day(doing.now, bank.time_zone):
        raise FutureDayError
    return Line(adjustment.from_account, adjustment.to_account, adjustment.minutes)


def propose_adjustment(session: Session, bank: Bank, adjustment: Adjustment, doing: Doing) -> str:
    """Propose an adjustment; return its code. Nothing moves yet.

    Raises what `check_adjustment` raises.
    """
    lines = [[adjustment.from_account, adjustment.to_account, adjustment.minutes]]
    content = {"lines": lines, "day": adjustment.day, "reason": adjustment.reason}
    code = codes.new_reference()
    first_code = _begin_proposal(session, doing, code, content)
    if first_code is not None:
        return first_code
    check_adjustment(bank, adjustment, doing)
    session.add(_new(code, lines, adjustment.day, adjustment.reason, doing, None))
    session.flush()
    return code


def propose_reversal(
    session: Session, bank: Bank, entry_id: int, numbers: Sequence[int], doing: Doing, *, reason: str
) -> str:
    """Propose to take back the lines with these numbers of an entry; return the correction's code.

    Raises NotAllowedError, ReasonMissingError, NoLinesChosenError, TakenBackOnExchangeError, NotAMirrorError,
    AlreadyReversedError, or CorrectionStandsError where one of them waits to be taken back already.
    """
    chosen = sorted(set(numbers))
    content = {"entry": entry_id, "numbers": chosen, "reason": reason}
    code = codes.new_reference()
    first_code = _begin_proposal(session, doing, code, content)
    if first_code is not None:
        return first_code
    if not rules.may_propose(doing.by):
        raise NotAllowedError
    if is_blank(reason):
        raise ReasonMissingError
    _refuse_what_cannot_go_back(session, doing.bank_id, entry_id, chosen)
    today = clock.local_day(doing.now, bank.time_zone)
    session.add(_new(code, chosen, today, reason, doing, entry_id))
    session.flush()
    return code


def approve(session: Session, bank: Bank, code: str, doing: Doing) -> None:
    """Approve as a second pair of eyes: the books take it at once.

    Raises NotAllowedError, AnsweredError, FloorReachedError, AccountClosedError or AlreadyReversedError; then roll
    back, and it waits as before.
    """
    if trail.is_repeat(session, doing, DeedName.CORRECTION_APPROVED, Ref(Subject.CORRECTION, code)):
        return
    lock_bank(session, doing.bank_id)
    correction = _lock(session, doing.bank_id, code)
    lines = lines_of(session, correction)
    _check_answer(session, correction, lines, doing)
    check_proposer(session, bank.id, correction.proposed_by)
    correction.approved_by, correction.closed_at = doing.by.membership_id, doing.now
    session.flush()
    if correction.kind == CorrectionKind.ADJUSTMENT:
        _adjust(session, correction, lines, doing.now)
    else:
        _take_back(session, bank, correction, doing.now)
    notice_crossings(session, bank.id, lines, doing.now)


def refuse(session: Session, code: str, doing: Doing, *, reason: str) -> None:
    """Turn it down as a second pair of eyes, and say why. Raises ReasonMissingError, NotAllowedError, AnsweredError."""
    subject = Ref(Subject.CORRECTION, code)
    if trail.is_repeat(session, doing, DeedName.CORRECTION_REFUSED, subject, {"reason": reason}):
        return
    if is_blank(reason):
        raise ReasonMissingError
    lock_bank(session, doing.bank_id)
    correction = _lock(session, doing.bank_id, code)
    _check_answer(session, correction, lines_of(session, correction), doing)
    correction.refused_by, correction.refused_because = doing.by.membership_id, reason.strip()
    correction.closed_at = doing.now
    session.flush()


def _check_answer(session: Session, correction: Correction, lines: Sequence[Line], doing: Doing) -> None:
    """Raise NotAllowedError unless the actor is a second approver, independent of the proposer."""
    by = get_rights(session, doing.by)
    depends_on = list_depended_on(session, by, now=doing.now)
    if not rules.may_answer(
        by, proposed_by=correction.proposed_by, accounts=rules.accounts_of(lines), depends_on=depends_on
    ):
        raise NotAllowedError


def withdraw(session: Session, code: str, doing: Doing) -> None:
    """Take one's own proposal back. Raises NotAllowedError or AnsweredError."""
    if trail.is_repeat(session, doing, DeedName.CORRECTION_WITHDRAWN, Ref(Subject.CORRECTION, code)):
        return
    correction = _lock(session, doing.bank_id, code)
    if not rules.may_withdraw(doing.by, proposed_by=correction.proposed_by):
        raise NotAllowedError
    correction.refused_by, correction.closed_at = doing.by.membership_id, doing.now
    session.flush()


def _begin_proposal(session: Session, doing: Doing, code: str, content: dict[str, object]) -> str | None:
    subject = Ref(Subject.CORRECTION, code)
    return trail.begin(session, doing, DeedName.CORRECTION_PROPOSED, subject, content, is_new=True)


def _new(code: str, lines: Sequence[object], day: date, reason: str, doing: Doing, entry_id: int | None) -> Correction:
    """Return an adjustment, or the reversal of lines of an entry."""
    return Correction(
        bank_id=doing.bank_id,
        id=clock.next_id(),
        code=code,
        kind=CorrectionKind.ADJUSTMENT if entry_id is None else CorrectionKind.REVERSAL,
        entry_id=entry_id,
        lines=json.dumps(lines),
        occurred_on=day,
        reason=reason.strip(),
        proposed_by=doing.by.membership_id,
        proposed_at=doing.now,
    )


def _refuse_what_cannot_go_back(session: Session, bank_id: int, entry_id: int, numbers: Sequence[int]) -> None:
    first = get_entry(session, bank_id, entry_id)
    if rules.has_own_way(first.entry.kind, first.deed):
        raise TakenBackOnExchangeError
    if not numbers:
        raise NoLinesChosenError
    reversal_lines(first.entry, numbers)
    if set(numbers) & list_reversed_lines(session, bank_id, entry_id):
        raise AlreadyReversedError
    waiting = session.scalars(
        select(Correction.lines).where(
            Correction.bank_id == bank_id, Correction.entry_id == entry_id, Correction.closed_at.is_(None)
        )
    )
    if any(set(numbers) & set(json.loads(lines)) for lines in waiting):
        raise CorrectionStandsError


def _adjust(session: Session, correction: Correction, lines: Sequence[Line], now: datetime) -> None:
    bookkeeping.post(
        session,
        bookkeeping.NewEntry(
            bank_id=correction.bank_id,
            key=f"adjustment:{correction.code}",
            kind=EntryKind.ADJUSTMENT,
            lines=tuple(lines),
            occurred_on=correction.occurred_on,
            recorded_at=now,
            recorded_by=correction.proposed_by,
            approved_by=correction.approved_by,
            deed=str(Ref(Subject.CORRECTION, correction.code)),
            words=correction.reason,
        ),
    )


def _take_back(session: Session, bank: Bank, correction: Correction, now: datetime) -> None:
    reverse(
        session,
        bank.id,
        correction.entry_id or 0,
        key=str(Ref(Subject.REVERSAL, correction.code)),
        reason=correction.reason,
        by=correction.proposed_by,
        approved_by=correction.approved_by,
        now=now,
        today=clock.local_day(now, bank.time_zone),
        numbers=json.loads(correction.lines),
    )


def _lock(session: Session, bank_id: int, code: str) -> Correction:
    """Return the waiting correction, row-locked. Raises AnsweredError if it was answered."""
    query = select(Correction).where(Correction.bank_id == bank_id, Correction.code == code)
    correction = get_locked(session, query)
    if correction.closed_at is not None:
        raise AnsweredError
    return correction
