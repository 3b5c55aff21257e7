"""Who may see a correction or a month: fetch and authorize in one call, for pages and programs alike."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from timebank.actors import Actor, may_audit
from timebank.banks.models import Bank
from timebank.corrections.models import Correction
from timebank.corrections.month_queries import Month, find_month
from timebank.corrections.queries import find_correction
from timebank.errors import NotVisibleError


def get_visible(session: Session, actor: Actor, code: str) -> Correction:
    """Return the correction, for those who audit the books. Raises NotVisibleError."""
    correction = find_correction(session, actor.bank_id, code) if may_audit(actor) else None
    if correction is None:
        raise NotVisibleError(code)
    return correction


def get_visible_month(session: Session, actor: Actor, bank: Bank, month: date, now: datetime) -> Month:
    """Return a month of the bank's life and its figures, for those who audit the books. Raises NotVisibleError."""
    figures = find_month(session, bank, month, now) if may_audit(actor) and bank.id == actor.bank_id else None
    if figures is None:
        raise NotVisibleError(month)
    return figures
