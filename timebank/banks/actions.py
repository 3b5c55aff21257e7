"""Opening a bank, and changing its rules."""

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank import clock
from timebank.banks.errors import NotASlugError, SlugTakenError
from timebank.banks.models import Bank
from timebank.bookkeeping import actions as bookkeeping
from timebank.ledger.accounts import AccountKind
from timebank.trail import actions as trail

_SLUG = re.compile(r"(?=.{2,40}$)[a-z0-9]+(-[a-z0-9]+)*")
#: First words of addresses that are the installation's own.
RESERVED_SLUGS = frozenset({"static", "styleguide", "health"})


def open_bank(session: Session, *, slug: str, name: str, now: datetime, **rules: object) -> Bank:
    """Open a bank with its community pot; `rules` are columns of Bank that differ from their defaults.

    Raises NotASlugError or SlugTakenError.
    """
    if not _SLUG.fullmatch(slug) or slug in RESERVED_SLUGS:
        raise NotASlugError(slug=slug)
    if session.scalar(select(Bank.id).where(Bank.slug == slug)) is not None:
        raise SlugTakenError(slug=slug)
    bank = Bank(id=clock.next_id(), slug=slug, name=name, opened_at=now, **rules)
    session.add(bank)
    session.flush()
    session.refresh(bank)
    trail.begin(session, trail.Deed(bank.id, "bank.opened", f"bank:{slug}", None, now))
    bookkeeping.open_account(
        session, bank.id, AccountKind.POT, floor=bank.pot_floor, reason="pot floor of the bank", by=None, now=now
    )
    return bank
