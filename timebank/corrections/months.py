"""Signing a month off: one coordinator signs its figures, and a second person confirms them if theirs are the same.

Then the books keep them, and the next seal covers them.
"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank import clock
from timebank.actors import Doing
from timebank.approvals.proposers import check_proposer
from timebank.banks.models import Bank
from timebank.banks.queries import lock_bank
from timebank.bookkeeping.closings import find_signed_off, sign_off_month
from timebank.corrections import rules
from timebank.corrections.errors import AnsweredError, FiguresDifferError, MonthNotOverError, MonthSignedError
from timebank.corrections.figures import MonthFigures, is_over, tell
from timebank.corrections.models import SignOff
from timebank.db import insert_into
from timebank.errors import NotAllowedError, ReasonMissingError
from timebank.members.depending import list_depended_on
from timebank.members.queries import get_rights
from timebank.references import DeedName, Ref, Subject
from timebank.rows import find_locked
from timebank.spelling import is_blank
from timebank.trail import actions as trail


def sign(session: Session, bank: Bank, month: date, figures: MonthFigures, doing: Doing, *, words: str) -> None:
    """Sign a month's figures, as they were computed just now. It waits for a second person.

    Raises NotAllowedError, MonthNotOverError, ReasonMissingError or MonthSignedError.
    """
    if trail.is_repeat(session, doing, DeedName.MONTH_SIGNED, _ref(month), {"words": words}):
        return
    if not rules.may_propose(doing.by):
        raise NotAllowedError
    if not is_over(month, clock.local_day(doing.now, bank.time_zone)):
        raise MonthNotOverError
    if is_blank(words):
        raise ReasonMissingError
    if find_signed_off(session, bank.id, month) is not None:
        raise MonthSignedError
    row = {
        "bank_id": bank.id,
        "id": clock.next_id(),
        "month": month,
        "figures": tell(figures),
        "words": words.strip(),
        "signed_by": doing.by.membership_id,
        "signed_at": doing.now,
    }
    # One signature a month can wait: of two who sign at once the second gets the error.
    insert = insert_into(session, SignOff).values(row).on_conflict_do_nothing().returning(SignOff.id)
    if session.execute(insert).first() is None:
        raise MonthSignedError


def confirm(session: Session, bank: Bank, month: date, figures: MonthFigures, doing: Doing) -> None:
    """Confirm a signature if the computed figures are still the signed ones; writes the closing.

    Raises NotAllowedError, AnsweredError, MonthSignedError, or FiguresDifferError where they are not the same.
    """
    if trail.is_repeat(session, doing, DeedName.MONTH_CONFIRMED, _ref(month)):
        return
    lock_bank(session, bank.id)
    signed = _lock(session, bank.id, month)
    _check_answer(session, signed, doing)
    check_proposer(session, bank.id, signed.signed_by)
    if signed.figures != tell(figures):
        raise FiguresDifferError
    if find_signed_off(session, bank.id, month) is not None:
        raise MonthSignedError
    signed.confirmed_by, signed.closed_at = doing.by.membership_id, doing.now
    session.flush()
    sign_off_month(
        session,
        bank.id,
        month,
        signed.figures,
        reason=signed.words,
        by=signed.signed_by,
        approved_by=doing.by.membership_id,
        now=doing.now,
    )


def refuse(session: Session, bank: Bank, month: date, doing: Doing, *, reason: str) -> None:
    """Turn a signature down as a second person, and say why.

    Raises ReasonMissingError, NotAllowedError or AnsweredError.
    """
    if trail.is_repeat(session, doing, DeedName.MONTH_REFUSED, _ref(month), {"reason": reason}):
        return
    if is_blank(reason):
        raise ReasonMissingError
    lock_bank(session, bank.id)
    signed = _lock(session, bank.id, month)
    _check_answer(session, signed, doing)
    signed.refused_by, signed.refused_because = doing.by.membership_id, reason.strip()
    signed.closed_at = doing.now
    session.flush()


def _check_answer(session: Session, signed: SignOff, doing: Doing) -> None:
    """Raise NotAllowedError unless the actor is a second approver, independent of who signed."""
    by = get_rights(session, doing.by)
    depends_on = list_depended_on(session, by, now=doing.now)
    if not rules.may_confirm_month(by, signed_by=signed.signed_by, depends_on=depends_on):
        raise NotAllowedError


def withdraw(session: Session, bank: Bank, month: date, doing: Doing) -> None:
    """Take one's own signature back. Raises NotAllowedError or AnsweredError."""
    if trail.is_repeat(session, doing, DeedName.MONTH_WITHDRAWN, _ref(month)):
        return
    signed = _lock(session, bank.id, month)
    if not rules.may_withdraw(doing.by, proposed_by=signed.signed_by):
        raise NotAllowedError
    signed.refused_by, signed.closed_at = doing.by.membership_id, doing.now
    session.flush()


def _ref(month: date) -> Ref:
    return Ref(Subject.MONTH, f"{month:%Y-%m}")


def _lock(session: Session, bank_id: int, month: date) -> SignOff:
    """Return the waiting signature, row-locked. Raises AnsweredError if there is none."""
    waiting = select(SignOff).where(SignOff.bank_id == bank_id, SignOff.month == month, SignOff.closed_at.is_(None))
    signature = find_locked(session, waiting)
    if signature is None:
        raise AnsweredError
    return signature
