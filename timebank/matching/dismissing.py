"""Dismissing a suggestion, and which ones a member has dismissed."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank import codes
from timebank.actors import Actor, Doing, may_exchange
from timebank.banks.models import Bank
from timebank.errors import NotAllowedError, NotVisibleError
from timebank.listings.models import Category
from timebank.listings.queries import find_listing
from timebank.listings.rules import ListingKind
from timebank.matching.dismissal_models import DismissedSuggestion
from timebank.matching.suggestion_rules import DISMISSED_FOR, OneWay, SuggestionKind, may_be_about
from timebank.members.models import Membership
from timebank.references import DeedName, Ref, Subject
from timebank.rows import get_locked
from timebank.trail import actions as trail


def dismiss(session: Session, bank: Bank, kind: SuggestionKind, about: str, doing: Doing) -> None:
    """Say that a suggestion is not for one: `about` is a request's code, a category's key, or a word of OneWay.

    A broker who acts for a member says it for them. Raises NotAllowedError, or NotVisibleError for what is never
    suggested to them, such as a request of another bank or their own.
    """
    actor = doing.by
    about = codes.heard(about) if kind is SuggestionKind.HELP else about
    if not may_be_about(about):
        raise NotVisibleError(about)
    content = {"kind": kind, "about": about}
    if trail.is_repeat(session, doing, DeedName.SUGGESTION_DISMISSED, _subject(kind, about, actor), content):
        return
    if not may_exchange(actor):
        raise NotAllowedError
    if not _may_be_suggested(session, kind, about, actor):
        raise NotVisibleError(about)
    its_own = select(Membership).where(Membership.bank_id == bank.id, Membership.id == actor.membership_id)
    get_locked(session, its_own, key_share=True)  # there may be no row of theirs yet that could be locked
    key = (bank.id, actor.membership_id, kind.value, about)
    row = session.get(DismissedSuggestion, key, populate_existing=True)
    if row is None:
        row = DismissedSuggestion(bank_id=key[0], member_id=key[1], kind=key[2], about=about)
        session.add(row)
    row.dismissed_at = doing.now
    session.flush()


def _subject(kind: SuggestionKind, about: str, actor: Actor) -> Ref:
    if kind is SuggestionKind.NUDGE:
        return Ref(Subject.MEMBER, actor.code)
    return Ref(Subject.LISTING if kind is SuggestionKind.HELP else Subject.CATEGORY, about)


def _may_be_suggested(session: Session, kind: SuggestionKind, about: str, actor: Actor) -> bool:
    """Return whether there is such a thing in the actor's bank, even if it was filled or retired since they read it."""
    if kind is SuggestionKind.NUDGE:
        return about in set(OneWay)
    if kind is SuggestionKind.ASK:
        keys = select(Category.id).where(Category.bank_id == actor.bank_id, Category.key == about)
        return session.scalar(keys) is not None
    listing = find_listing(session, actor.bank_id, about)
    return listing is not None and listing.kind == ListingKind.REQUEST and listing.member_id != actor.membership_id


def list_dismissed(session: Session, bank_id: int, member_id: int, *, now: datetime) -> frozenset[tuple[str, str]]:
    """Return (kind, about) of the suggestions that a member has dismissed of late."""
    query = select(DismissedSuggestion.kind, DismissedSuggestion.about).where(
        DismissedSuggestion.bank_id == bank_id,
        DismissedSuggestion.member_id == member_id,
        DismissedSuggestion.dismissed_at > now - DISMISSED_FOR,
    )
    return frozenset((row.kind, row.about) for row in session.execute(query))
