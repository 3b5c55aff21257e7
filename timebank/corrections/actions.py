"""Proposing a correction, and what a second approver says to it. Nothing moves before that, and nothing is deleted.

An adjustment moves hours from one account to another; a reversal takes chosen lines of an entry back. Exchanges are
taken back in their own room, where both sides can agree.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.banks.models import Bank
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
from timebank.exchanges.errors import FutureDayError, ReasonMissingError
from timebank.exchanges.soft_limits import notice_crossings
from timebank.ledger.entries import EntryKind, Line, reversal_lines
from timebank.ledger.errors import AlreadyReversedError
from timebank.members.errors import NotAllowedError
from timebank.members.rules import Actor
from timebank.trail import actions as trail

_SUBJECT = "correction:"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Hours that are to move: from which account to which, in minutes, the day that they belong to, and why."""

    from_account: int
    to_account: int
    minutes: int
    day: date
    reason: str


def check_adjustment(bank: Bank, said: Adjustment, *, by: Actor, now: datetime) -> Line:
    """Whether an adjustment can be proposed as it was said; gives its line.

    Raises NotAllowedError, ReasonMissingError, SameAccountsError, FutureDayError or NotMinutesError.
    """
    if not rules.may_propose(by):
        raise NotAllowedError
    if not said.reason.strip():
        raise ReasonMissingError
    if said.from_account == said.to_account:
        raise SameAccountsError
    if said.day > clock.local_day(now, bank.time_zone):
        raise FutureDayError
    return Line(said.from_account, said.to_account, said.minutes)


def propose_adjustment(
    session: Session, bank: Bank, said: Adjustment, *, by: Actor, now: datetime, form_key: str | None = None
) -> str:
    """Propose an adjustment; gives its code. Nothing moves yet.

    Raises what `check_adjustment` raises.
    """
    line = check_adjustment(bank, said, by=by, now=now)
    lines = [[line.from_account, line.to_account, line.minutes]]
    content = {"lines": lines, "day": said.day, "reason": said.reason}
    correction = _new(CorrectionKind.ADJUSTMENT, lines, said.day, said.reason, by, now)
    return _propose(session, correction, by, now, form_key, content)


def propose_reversal(  # noqa: PLR0913 (a reversal names what, which lines, why, who and when)
    session: Session,
    bank: Bank,
    entry_id: int,
    numbers: Sequence[int],
    *,
    reason: str,
    by: Actor,
    now: datetime,
    form_key: str | None = None,
) -> str:
    """Propose to take back the lines with these numbers of an entry; gives the correction's code.

    Raises NotAllowedError, ReasonMissingError, NoLinesChosenError, TakenBackOnExchangeError, NotAMirrorError,
    AlreadyReversedError, or CorrectionStandsError where one of them waits to be taken back already.
    """
    if not rules.may_propose(by):
        raise NotAllowedError
    if not reason.strip():
        raise ReasonMissingError
    chosen = sorted(set(numbers))
    content = {"entry": entry_id, "numbers": chosen, "reason": reason}
    correction = _new(
        CorrectionKind.REVERSAL, chosen, clock.local_day(now, bank.time_zone), reason, by, now, entry_id=entry_id
    )
    return _propose(session, correction, by, now, form_key, content)


def approve(session: Session, bank: Bank, code: str, *, by: Actor, now: datetime, form_key: str | None = None) -> None:
    """Approve as a second pair of eyes: the books take it at once.

    Raises NotAllowedError, AnsweredError, FloorReachedError, AccountClosedError or AlreadyReversedError; then roll
    back, and it waits as before.
    """
    if _begin(session, "approved", code, by, now, form_key) is not None:
        return
    correction = _lock(session, by.bank_id, code)
    lines = lines_of(session, correction)
    if not rules.may_answer(by, proposed_by=correction.proposed_by, accounts=rules.accounts_of(lines)):
        raise NotAllowedError
    correction.approved_by, correction.closed_at = by.membership_id, now
    session.flush()
    if correction.kind == CorrectionKind.ADJUSTMENT:
        _adjust(session, correction, lines, now)
    else:
        _take_back(session, bank, correction, now)
    notice_crossings(session, bank.id, lines, now)


def refuse(session: Session, code: str, *, reason: str, by: Actor, now: datetime, form_key: str | None = None) -> None:
    """Turn it down as a second pair of eyes, and say why. Raises ReasonMissingError, NotAllowedError, AnsweredError."""
    if not reason.strip():
        raise ReasonMissingError
    content = {"code": code, "reason": reason}
    if _begin(session, "refused", code, by, now, form_key, content=content) is not None:
        return
    correction = _lock(session, by.bank_id, code)
    accounts = rules.accounts_of(lines_of(session, correction))
    if not rules.may_answer(by, proposed_by=correction.proposed_by, accounts=accounts):
        raise NotAllowedError
    correction.refused_by, correction.refused_because, correction.closed_at = by.membership_id, reason.strip(), now
    session.flush()


def withdraw(session: Session, code: str, *, by: Actor, now: datetime, form_key: str | None = None) -> None:
    """Take one's own proposal back. Raises NotAllowedError or AnsweredError."""
    if _begin(session, "withdrawn", code, by, now, form_key) is not None:
        return
    correction = _lock(session, by.bank_id, code)
    if not rules.may_withdraw(by, proposed_by=correction.proposed_by):
        raise NotAllowedError
    correction.refused_by, correction.closed_at = by.membership_id, now
    session.flush()


def _new(  # noqa: PLR0913 (a correction names what, when, why and who)
    kind: CorrectionKind,
    lines: Sequence[object],
    day: date,
    reason: str,
    by: Actor,
    now: datetime,
    *,
    entry_id: int | None = None,
) -> Correction:
    return Correction(
        bank_id=by.bank_id,
        id=clock.next_id(),
        code=codes.new_reference(),
        kind=kind,
        entry_id=entry_id,
        lines=json.dumps(lines),
        occurred_on=day,
        reason=reason.strip(),
        proposed_by=by.membership_id,
        proposed_at=now,
    )


def _propose(
    session: Session,
    correction: Correction,
    by: Actor,
    now: datetime,
    form_key: str | None,
    content: Mapping[str, object],
) -> str:
    done = _begin(session, "proposed", correction.code, by, now, form_key, content=content)
    if done is not None:
        return done
    if correction.entry_id is not None:
        _refuse_what_cannot_go_back(session, correction.bank_id, correction.entry_id, json.loads(correction.lines))
    session.add(correction)
    session.flush()
    return correction.code


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
    if any(set(numbers) & set(json.loads(told)) for told in waiting):
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
            deed=f"{_SUBJECT}{correction.code}",
            words=correction.reason,
        ),
    )


def _take_back(session: Session, bank: Bank, correction: Correction, now: datetime) -> None:
    reverse(
        session,
        bank.id,
        correction.entry_id or 0,
        key=f"reversal:{correction.code}",
        reason=correction.reason,
        by=correction.proposed_by,
        approved_by=correction.approved_by,
        now=now,
        today=clock.local_day(now, bank.time_zone),
        numbers=json.loads(correction.lines),
    )


def _begin(  # noqa: PLR0913 (the trail's row: who, what, when, under which key)
    session: Session,
    verb: str,
    code: str,
    by: Actor,
    now: datetime,
    form_key: str | None,
    *,
    content: Mapping[str, object] | None = None,
) -> str | None:
    row = trail.Deed(
        by.bank_id,
        f"correction.{verb}",
        f"{_SUBJECT}{code}",
        by.doer_id,
        now,
        on_behalf_of=by.on_behalf_of,
        form_key=form_key,
        content=content or {"code": code},
    )
    done = trail.begin(session, row)
    return None if done is None else done.removeprefix(_SUBJECT)


def _lock(session: Session, bank_id: int, code: str) -> Correction:
    """The correction that waits, locked, so that of two answers at once the second meets the first."""
    correction = session.execute(
        select(Correction).where(Correction.bank_id == bank_id, Correction.code == code).with_for_update()
    ).scalar_one()
    if correction.closed_at is not None:
        raise AnsweredError
    return correction
