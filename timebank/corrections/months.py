"""Signing a month off: one coordinator signs its figures, and a second person who reckons the same confirms them.

Then the books keep them, and the next seal covers them.
"""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from timebank import clock
from timebank.banks.models import Bank
from timebank.bookkeeping.closings import find_signed_off, sign_off_month
from timebank.corrections import rules
from timebank.corrections.errors import AnsweredError, FiguresDifferError, MonthNotOverError, MonthSignedError
from timebank.corrections.figures import Figures, is_over, tell
from timebank.corrections.models import SignOff
from timebank.exchanges.errors import ReasonMissingError
from timebank.members.errors import NotAllowedError
from timebank.members.rules import Actor
from timebank.trail import actions as trail


def sign(  # noqa: PLR0913 (a signature: what, in which words, who, when, under which key)
    session: Session,
    bank: Bank,
    month: date,
    figures: Figures,
    *,
    words: str,
    by: Actor,
    now: datetime,
    form_key: str | None = None,
) -> None:
    """Sign a month's figures, as they were reckoned just now. It waits for a second person.

    Raises NotAllowedError, MonthNotOverError, ReasonMissingError or MonthSignedError.
    """
    if not rules.may_propose(by):
        raise NotAllowedError
    if not is_over(month, clock.local_day(now, bank.time_zone)):
        raise MonthNotOverError
    if not words.strip():
        raise ReasonMissingError
    if _was_done(session, "signed", month, by, now, form_key, content={"words": words}):
        return
    if find_signed_off(session, bank.id, month) is not None:
        raise MonthSignedError
    row = {
        "bank_id": bank.id,
        "id": clock.next_id(),
        "month": month,
        "figures": tell(figures),
        "words": words.strip(),
        "signed_by": by.membership_id,
        "signed_at": now,
    }
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    # Of two who sign at once the second is told, since one signature a month can wait.
    insert = dialect.insert(SignOff).values(row).on_conflict_do_nothing().returning(SignOff.id)
    if session.execute(insert).first() is None:
        raise MonthSignedError


def confirm(  # noqa: PLR0913 (a second signature: the same)
    session: Session,
    bank: Bank,
    month: date,
    figures: Figures,
    *,
    by: Actor,
    now: datetime,
    form_key: str | None = None,
) -> None:
    """Confirm what was signed, with the figures reckoned anew: the month stands on record from now on.

    Raises NotAllowedError, AnsweredError, MonthSignedError, or FiguresDifferError where they are not the same.
    """
    if _was_done(session, "confirmed", month, by, now, form_key):
        return
    signed = _lock(session, bank.id, month)
    if not rules.may_confirm_month(by, signed_by=signed.signed_by):
        raise NotAllowedError
    if signed.figures != tell(figures):
        raise FiguresDifferError
    if find_signed_off(session, bank.id, month) is not None:
        raise MonthSignedError
    signed.confirmed_by, signed.closed_at = by.membership_id, now
    session.flush()
    sign_off_month(
        session,
        bank.id,
        month,
        signed.figures,
        reason=signed.words,
        by=signed.signed_by,
        approved_by=by.membership_id,
        now=now,
    )


def refuse(  # noqa: PLR0913 (why, who, when, under which key)
    session: Session, bank: Bank, month: date, *, reason: str, by: Actor, now: datetime, form_key: str | None = None
) -> None:
    """Turn a signature down as a second person, and say why.

    Raises ReasonMissingError, NotAllowedError or AnsweredError.
    """
    if not reason.strip():
        raise ReasonMissingError
    if _was_done(session, "refused", month, by, now, form_key, content={"reason": reason}):
        return
    signed = _lock(session, bank.id, month)
    if not rules.may_confirm_month(by, signed_by=signed.signed_by):
        raise NotAllowedError
    signed.refused_by, signed.refused_because, signed.closed_at = by.membership_id, reason.strip(), now
    session.flush()


def withdraw(
    session: Session, bank: Bank, month: date, *, by: Actor, now: datetime, form_key: str | None = None
) -> None:
    """Take one's own signature back. Raises NotAllowedError or AnsweredError."""
    if _was_done(session, "withdrawn", month, by, now, form_key):
        return
    signed = _lock(session, bank.id, month)
    if not rules.may_withdraw(by, proposed_by=signed.signed_by):
        raise NotAllowedError
    signed.refused_by, signed.closed_at = by.membership_id, now
    session.flush()


def _was_done(  # noqa: PLR0913 (the trail's row: who, what, when, under which key)
    session: Session,
    verb: str,
    month: date,
    by: Actor,
    now: datetime,
    form_key: str | None,
    *,
    content: Mapping[str, object] | None = None,
) -> bool:
    row = trail.Deed(
        by.bank_id,
        f"month.{verb}",
        f"month:{month:%Y-%m}",
        by.doer_id,
        now,
        on_behalf_of=by.on_behalf_of,
        form_key=form_key,
        content={"month": month, **(content or {})},
    )
    return trail.begin(session, row) is not None


def _lock(session: Session, bank_id: int, month: date) -> SignOff:
    """The signature that waits, locked. Raises AnsweredError where none does."""
    waiting = select(SignOff).where(SignOff.bank_id == bank_id, SignOff.month == month, SignOff.closed_at.is_(None))
    found = session.execute(waiting.with_for_update()).scalar_one_or_none()
    if found is None:
        raise AnsweredError
    return found
