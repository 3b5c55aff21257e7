"""Opening a bank, and changing its rules."""

import re
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank import clock
from timebank.actors import Doing, Unattended, may_coordinate
from timebank.banks.errors import NotASlugError, SlugTakenError
from timebank.banks.models import Bank
from timebank.banks.queries import lock_bank
from timebank.banks.rules import RULE_NAMES, Rules, check
from timebank.bookkeeping.limits import change_floors
from timebank.bookkeeping.opening import open_account
from timebank.errors import NotAllowedError
from timebank.ledger.accounts import AccountKind
from timebank.phones import check_phone
from timebank.references import DeedName, Ref, Subject
from timebank.trail import actions as trail

_SLUG = re.compile(r"(?=.{2,40}$)[a-z0-9]+(-[a-z0-9]+)*")
#: First words of addresses that are the installation's own.
RESERVED_SLUGS = frozenset({"static", "styleguide", "health", "healthz", "readyz", "texts"})

#: The reason of a limit that follows the bank's rules.
MEMBERS_FLOOR = "floor of the bank's members"


def open_bank(session: Session, *, slug: str, name: str, now: datetime, **rules: object) -> Bank:
    """Open a bank with its community pot; `rules` are columns of Bank that differ from their defaults.

    Raises NotASlugError, SlugTakenError or PhoneNotUnderstoodError.
    """
    if not _SLUG.fullmatch(slug) or slug in RESERVED_SLUGS:
        raise NotASlugError(slug=slug)
    if session.scalar(select(Bank.id).where(Bank.slug == slug)) is not None:
        raise SlugTakenError(slug=slug)
    bank = Bank(id=clock.next_id(), slug=slug, name=name, opened_at=now, **rules)
    session.add(bank)
    session.flush()
    session.refresh(bank)
    if bank.phone:
        check_phone(bank.phone, bank.phone_country)
    trail.begin(session, Unattended(bank.id, now), DeedName.BANK_OPENED, Ref(Subject.BANK, slug))
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


def change_rules(session: Session, bank: Bank, rules: Rules, doing: Doing, *, for_all_members: bool) -> int:
    """Set a bank's rules; return how many members' limits changed.

    A new floor holds for whoever comes after, and with `for_all_members` for everybody whose limit is the present
    floor and whose balance allows it, on record. Raises NotAllowedError or RuleOutOfRangeError.
    """
    content = {**asdict(rules), "for_all_members": for_all_members}
    if trail.is_repeat(session, doing, DeedName.RULES_CHANGED, Ref(Subject.BANK, bank.slug), content):
        return 0
    if not may_coordinate(doing.by):
        raise NotAllowedError
    check(rules)
    bank = lock_bank(session, doing.bank_id)
    old_floor = bank.member_floor
    for name in RULE_NAMES:
        setattr(bank, name, getattr(rules, name))
    session.flush()
    if not for_all_members or rules.member_floor == old_floor:
        return 0
    return change_floors(
        session,
        bank.id,
        AccountKind.MEMBER,
        old=old_floor,
        new=rules.member_floor,
        reason=MEMBERS_FLOOR,
        by=doing.doer_id,
        now=doing.now,
    )
