"""What a member offers and asks for, as far as suggestions depend on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.listings.models import Listing
from timebank.listings.rules import Life, ListingKind
from timebank.matching.compared import Compared, gather, with_what_is_compared


@dataclass(frozen=True, slots=True)
class OwnListings:
    """The offers of a member that others find, every kind that they offer or have asked for, and whether they ask.

    `asks_lately` if a request of theirs stands, or was listed of late.
    """

    offers: Sequence[Compared]
    kinds: frozenset[int]
    asks_lately: bool


def read_own_listings(session: Session, bank_id: int, member_id: int, *, today: date, lately: datetime) -> OwnListings:
    """Return what suggestions depend on of a member's listings; all of them, in one query."""
    query = select(Listing.id, Listing.kind, Listing.life, Listing.review_on, Listing.listed_at)
    own = query.where(Listing.bank_id == bank_id, Listing.member_id == member_id)
    listings = gather(session.execute(with_what_is_compared(own).order_by(Listing.id)))
    standing = [listing for listing in listings if listing.row.life == Life.OPEN and listing.row.review_on >= today]
    requests = [listing for listing in listings if listing.row.kind == ListingKind.REQUEST]
    offered = [listing for listing in listings if listing.row.kind == ListingKind.OFFER]
    kept = [*requests, *(listing for listing in offered if listing.row.life != Life.CLOSED)]
    return OwnListings(
        [listing for listing in standing if listing.row.kind == ListingKind.OFFER],
        frozenset[int]().union(*(listing.kinds for listing in kept)),
        any(listing in standing or listing.row.listed_at >= lately for listing in requests),
    )
