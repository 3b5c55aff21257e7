"""Queries of what is missing: each is one query, whatever the number of kinds and areas."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from timebank.actors import Standing
from timebank.banks.models import Area
from timebank.listings.finding import stands_in
from timebank.listings.missing import AreaPeople, FiledListing
from timebank.listings.models import Listing, ListingCategory
from timebank.listings.queries import OWNS, ListingLine, can_be_found, select_lines
from timebank.listings.rules import ListingKind
from timebank.members.models import Membership, Person
from timebank.rows import fetch

#: A page of one kind or area shows so many of its rows; the search has them all.
MOST_ROWS = 50
_IS_ACTIVE = and_(Membership.standing == Standing.ACTIVE, Membership.is_holder.is_(False))


def list_filed(session: Session, bank_id: int, *, today: date) -> Sequence[FiledListing]:
    """Return every listing that others can find, once for each of its categories."""
    filed = and_(ListingCategory.bank_id == Listing.bank_id, ListingCategory.listing_id == Listing.id)
    query = (
        select(
            Listing.id,
            Listing.kind,
            ListingCategory.category_id,
            Listing.area_id,
            Listing.in_person,
            Listing.member_id,
            Person.name,
            Membership.is_holder,
        )
        .join(Membership, OWNS)
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(ListingCategory, filed)
        .where(Listing.bank_id == bank_id, can_be_found(today))
    )
    return fetch(session, query, FiledListing)


def list_area_people(session: Session, bank_id: int) -> Sequence[AreaPeople]:
    """Return the open areas by name, with the number of active members who live in each."""
    query = (
        select(Area.id, Area.name, func.count(Membership.id))
        .outerjoin(Membership, and_(Membership.bank_id == Area.bank_id, Membership.area_id == Area.id, _IS_ACTIVE))
        .where(Area.bank_id == bank_id, Area.closed_at.is_(None))
        .group_by(Area.id, Area.name)
        .order_by(Area.name)
    )
    return fetch(session, query, AreaPeople)


def list_found_of_kinds(
    session: Session, bank_id: int, category_ids: Iterable[int], *, today: date
) -> Sequence[ListingLine]:
    """Return the listings under these categories that others can find, the newest first, at most MOST_ROWS."""
    query = select_lines(bank_id, today).where(stands_in(bank_id, frozenset(category_ids)), can_be_found(today))
    return fetch(session, query.order_by(Listing.listed_at.desc(), Listing.id.desc()).limit(MOST_ROWS), ListingLine)


def list_found_requests_of_area(session: Session, bank_id: int, area_id: int, *, today: date) -> Sequence[ListingLine]:
    """Return the requests of an area that others can find, the newest first, at most MOST_ROWS."""
    query = select_lines(bank_id, today).where(
        Listing.area_id == area_id, Listing.kind == ListingKind.REQUEST, can_be_found(today)
    )
    return fetch(session, query.order_by(Listing.listed_at.desc(), Listing.id.desc()).limit(MOST_ROWS), ListingLine)


class Resident(NamedTuple):
    """An active member who lives in an area."""

    code: str
    name: str


def list_residents(session: Session, bank_id: int, area_id: int) -> Sequence[Resident]:
    """Return the active members who live in an area, by name, at most MOST_ROWS."""
    query = (
        select(Membership.code, Person.name)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.bank_id == bank_id, Membership.area_id == area_id, _IS_ACTIVE)
        .order_by(Person.name, Membership.number)
    )
    return fetch(session, query.limit(MOST_ROWS), Resident)
