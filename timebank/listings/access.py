"""Who may read, change and answer a listing: fetch and authorize in one call, for pages and programs alike."""

from datetime import date
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from timebank.actors import Actor, Standing, may_broker, may_exchange
from timebank.errors import NotPermittedError, NotVisibleError
from timebank.listings.queries import find_line
from timebank.listings.rules import Life, may_change

#: See `listings.queries.find_line` for its columns.
ListingRow = Row[Any]


def get_visible(session: Session, actor: Actor, code: str, today: date) -> ListingRow:
    """Return the listing, for its owner, for brokers, and for anybody while a search finds it. Raises NotVisibleError.

    `today` is the calendar day where the bank is.
    """
    listing = find_line(session, actor.bank_id, code)
    if listing is None:
        raise NotVisibleError(code)
    is_in_search = _is_open(listing, today) and (listing.is_holder or _is_owner_active(listing))
    if not is_in_search and listing.member_id != actor.membership_id and not may_broker(actor):
        raise NotVisibleError(code)
    return listing


def get_changeable(session: Session, actor: Actor, code: str) -> ListingRow:
    """Return the listing, for its owner and for brokers.

    Raises NotVisibleError, or NotPermittedError for other members.
    """
    listing = find_line(session, actor.bank_id, code)
    if listing is None:
        raise NotVisibleError(code)
    if not may_change(listing.member_id, actor):
        raise NotPermittedError(code)
    return listing


def may_answer(listing: ListingRow, actor: Actor, today: date) -> bool:
    """Whoever exchanges answers what is open and somebody else's, while that member is active."""
    is_own = listing.member_id == actor.membership_id
    return may_exchange(actor) and _is_open(listing, today) and _is_owner_active(listing) and not is_own


def _is_open(listing: ListingRow, today: date) -> bool:
    return bool(listing.life == Life.OPEN and listing.review_on >= today)


def _is_owner_active(listing: ListingRow) -> bool:
    """Whether a member who gives and receives stands behind it, and not the account that holds imported ones."""
    return bool(listing.standing == Standing.ACTIVE and not listing.is_holder)
