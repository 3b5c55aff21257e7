"""Opening a bank, and keeping its limits."""

import re
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank import clock
from timebank.banks.errors import NotASlugError, SlugTakenError
from timebank.banks.models import Bank
from timebank.bookkeeping import actions as bookkeeping
from timebank.bookkeeping.queries import list_ended_overrides
from timebank.ledger.accounts import AccountKind

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
    bookkeeping.open_account(
        session, bank.id, AccountKind.POT, floor=bank.pot_floor, reason="pot floor of the bank", by=None, now=now
    )
    return bank


def end_overrides(session: Session, bank: Bank, *, now: datetime) -> int:
    """Raise the floors whose override has ended, as far as each balance allows; gives how many were raised.

    Who is still below the bank's floor keeps the override's end, so that the next sweep raises it further. Who met
    another unit of work meanwhile waits for the next sweep as well.
    """
    today = clock.local_day(now, bank.time_zone)
    usual = {AccountKind.MEMBER: bank.member_floor, AccountKind.POT: bank.pot_floor}
    raised = 0
    for account in list_ended_overrides(session, bank.id, today):
        floor = min(usual[AccountKind(account.kind)], account.balance)
        still_below = floor < usual[AccountKind(account.kind)]
        if still_below and account.floor is not None and floor <= account.floor:
            continue
        bookkeeping.change_limit(
            session,
            bank.id,
            account.id,
            floor,
            reason="the override has ended",
            by=None,
            now=now,
            until=today - timedelta(days=1) if still_below else None,
        )
        raised += 1
    return raised
