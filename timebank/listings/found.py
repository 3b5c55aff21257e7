"""Listings that can still be found, by their codes, and which members offer anything."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.banks.models import Area
from timebank.listings.models import Listing
from timebank.listings.queries import OWNS, can_be_found
from timebank.listings.rules import Life, ListingKind
from timebank.members.models import Membership
from timebank.rows import fetch


class FoundLine(NamedTuple):
    """A listing that can be found: its code, title, area (None: not said), and its day, if it is a request for one."""

    code: str
    title: str
    area: str | None
    wanted_on: date | None


def list_found_of_codes(session: Session, bank_id: int, codes: Collection[str], *, today: date) -> dict[str, FoundLine]:
    """Return {code: line} of those listings with these codes that can still be found."""
    its_area = (Area.bank_id == Listing.bank_id) & (Area.id == Listing.area_id)
    query = (
        select(Listing.code, Listing.title, Area.name, Listing.wanted_on)
        .join(Membership, OWNS)
        .outerjoin(Area, its_area)
        .where(Listing.bank_id == bank_id, Listing.code.in_(codes), can_be_found(today))
    )
    return {line.code: line for line in fetch(session, query, FoundLine)}


def list_offering(session: Session, bank_id: int, member_ids: Collection[int]) -> set[int]:
    """Return the ids of those of these members who offer anything."""
    query = select(Listing.member_id).where(
        Listing.bank_id == bank_id,
        Listing.member_id.in_(member_ids),
        Listing.life == Life.OPEN,
        Listing.kind == ListingKind.OFFER,
    )
    return set(session.scalars(query.distinct()))
