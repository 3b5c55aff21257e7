"""Who may read, change and answer a listing: fetch and authorize in one call, for pages and programs alike."""

from datetime import date

from sqlalchemy.orm import Session

from timebank.actors import Actor, may_broker, may_exchange
from timebank.errors import NotPermittedError, NotVisibleError
from timebank.listings.filling import ListingState, has_run_out, state_of
from timebank.listings.queries import WholeListing, find_line
from timebank.listings.rules import may_change


def get_visible(session: Session, actor: Actor, code: str, today: date) -> WholeListing:
    """Return the listing, for its owner, for brokers, and for anybody while a search finds it or it is filled.

    Raises NotVisibleError. `today` is the calendar day where the bank is.
    """
    listing = find_line(session, actor.bank_id, code, today)
    if listing is None:
        raise NotVisibleError(code)
    state = state_of(listing, today)
    is_shown = state is ListingState.FOUND or (state is ListingState.FILLED and not has_run_out(listing, today))
    is_in_search = is_shown and (listing.is_holder or listing.owner_is_active)
    if not is_in_search and listing.member_id != actor.membership_id and not may_broker(actor):
        raise NotVisibleError(code)
    return listing


def get_changeable(session: Session, actor: Actor, code: str, today: date) -> WholeListing:
    """Return the listing, for its owner and for brokers.

    Raises NotVisibleError, or NotPermittedError for other members.
    """
    listing = find_line(session, actor.bank_id, code, today)
    if listing is None:
        raise NotVisibleError(code)
    if not may_change(listing.member_id, actor):
        raise NotPermittedError(code)
    return listing


def may_answer(listing: WholeListing, actor: Actor, today: date) -> bool:
    """Whoever exchanges answers what others find and is somebody else's, while that member is active."""
    is_own = listing.member_id == actor.membership_id
    return (
        may_exchange(actor)
        and state_of(listing, today) is ListingState.FOUND
        and listing.owner_is_active
        and not is_own
    )
