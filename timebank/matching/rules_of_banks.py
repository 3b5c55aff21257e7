"""What a bank has set about matching: reading it, and setting it on record."""

from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.actors import Doing, may_coordinate
from timebank.banks.models import Bank
from timebank.banks.queries import lock_bank
from timebank.errors import NotAllowedError
from timebank.matching.models import MatchingRules
from timebank.matching.settings import USUAL, MatchingSettings, check_settings
from timebank.references import DeedName, Ref, Subject
from timebank.rows import columns_of, fetch_first
from timebank.trail import actions as trail


def find_settings(session: Session, bank_id: int) -> MatchingSettings:
    """Return what a bank has set, or what is usual."""
    query = select(*columns_of(MatchingRules, MatchingSettings)).where(MatchingRules.bank_id == bank_id)
    return fetch_first(session, query, MatchingSettings) or USUAL


def change_settings(session: Session, bank: Bank, settings: MatchingSettings, doing: Doing) -> None:
    """Set how a bank matches and asks. Raises NotAllowedError or MatchingSettingError."""
    content = asdict(settings)
    if trail.is_repeat(session, doing, DeedName.MATCHING_RULES_CHANGED, Ref(Subject.BANK, bank.slug), content):
        return
    if not may_coordinate(doing.by):
        raise NotAllowedError
    check_settings(settings)
    lock_bank(session, bank.id)  # there may be no row yet that could be locked
    rules = session.get(MatchingRules, bank.id, populate_existing=True)
    if rules is None:
        rules = MatchingRules(bank_id=bank.id)
        session.add(rules)
    for name, value in content.items():
        setattr(rules, name, value)
    session.flush()
