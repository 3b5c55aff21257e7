"""Opening a bank, and changing its rules."""

import re
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank import clock
from timebank.banks.errors import NotASlugError, SlugTakenError
from timebank.banks.models import Bank
from timebank.banks.rules import RULE_NAMES, Rules, check
from timebank.bookkeeping.limits import change_floors
from timebank.bookkeeping.opening import open_account
from timebank.ledger.accounts import AccountKind
from timebank.trail import actions as trail

_SLUG = re.compile(r"(?=.{2,40}$)[a-z0-9]+(-[a-z0-9]+)*")
#: First words of addresses that are the installation's own.
RESERVED_SLUGS = frozenset({"static", "styleguide", "health", "healthz", "readyz"})

#: Why a member's limit is what it is, where nobody said otherwise.
MEMBERS_FLOOR = "floor of the bank's members"


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
    open_account(
        session,
        bank.id,
        AccountKind.POT,
        bank.id,
        floor=bank.pot_floor,
        reason="pot floor of the bank",
        by=None,
        now=now,
    )
    return bank


def change_rules(  # noqa: PLR0913 (the rules, for whom, and who says so)
    session: Session,
    bank_id: int,
    rules: Rules,
    *,
    for_all_members: bool,
    by_id: int,
    now: datetime,
    form_key: str | None = None,
) -> int:
    """Set a bank's rules as a membership whose role was checked; gives how many members' limits changed.

    A new floor holds for whoever comes after, and with `for_all_members` for everybody whose limit is the present
    floor and whose balance allows it, on record. Raises RuleOutOfRangeError.
    """
    check(rules)
    bank = _lock_bank(session, bank_id)
    content = {**asdict(rules), "for_all_members": for_all_members}
    deed = trail.Deed(bank_id, "rules.changed", f"bank:{bank.slug}", by_id, now, form_key=form_key, content=content)
    if trail.begin(session, deed) is not None:
        return 0
    old_floor = bank.member_floor
    for name in RULE_NAMES:
        setattr(bank, name, getattr(rules, name))
    session.flush()
    if not for_all_members or rules.member_floor == old_floor:
        return 0
    return change_floors(
        session,
        bank_id,
        AccountKind.MEMBER,
        old=old_floor,
        new=rules.member_floor,
        reason=MEMBERS_FLOOR,
        by=by_id,
        now=now,
    )


def _lock_bank(session: Session, bank_id: int) -> Bank:
    """The bank, locked and read anew, so that its rules and areas change one after the other."""
    return session.execute(
        select(Bank).where(Bank.id == bank_id).with_for_update(key_share=True).execution_options(populate_existing=True)
    ).scalar_one()
