"""Queries of listings and categories. Lists return read models, a page at a time, of what their reader may find."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from timebank import subjects
from timebank.actors import Standing
from timebank.banks.models import Area
from timebank.listings.helper_count import helpers_found
from timebank.listings.models import Category, Listing, ListingCategory
from timebank.listings.rules import Life, ListingKind, OfListing, read_risks
from timebank.listings.tree import Branch, Tree
from timebank.members.models import Membership, Person
from timebank.references import Subject
from timebank.rows import fetch, fetch_first

MOST_OF_ONE_MEMBER = 100
_FIRST_WORDS = 200
OWNS = (Membership.bank_id == Listing.bank_id) & (Membership.id == Listing.member_id)


@dataclass(frozen=True, slots=True)
class ListingLine(OfListing):
    """A listing in a list: its own columns, of its words the first ones, its owner and area, and a request's helpers.

    `helpers_found` are those who have agreed to help or have helped; of what is weekly, in this week.
    """

    id: int
    code: str
    kind: str
    life: str
    title: str
    words: str
    in_person: bool
    by_phone: bool
    online: bool
    suits: int
    when_words: str
    wanted_on: date | None
    wanted_time: time | None
    helpers_wanted: int
    every_week: bool
    helpers_found: int
    review_on: date
    listed_at: datetime
    member_id: int
    is_holder: bool
    member_code: str
    name: str
    area: str | None


@dataclass(frozen=True, slots=True)
class WholeListing(ListingLine):
    """The same with all its words, its owner's standing and account, and the broker who wrote it down for them."""

    all_words: str
    standing: str
    account_id: int
    area_id: int | None
    written_by: int | None
    how: str | None
    evidence: str | None

    @property
    def owner_is_active(self) -> bool:
        """Return whether the owner is an active member, not the holder of imported listings."""
        return self.standing == Standing.ACTIVE and not self.is_holder


def get_tree(session: Session, bank_id: int) -> Tree:
    """Return all categories of a bank, retired ones too."""
    columns = select(
        Category.id,
        Category.key,
        Category.name,
        Category.parent_id,
        Category.position,
        Category.risks,
        Category.retired_at,
    ).where(Category.bank_id == bank_id)
    return Tree(
        Branch(
            row.id, row.key or "", row.name, row.parent_id, row.position, read_risks(row.risks), bool(row.retired_at)
        )
        for row in session.execute(columns)
    )


def list_category_words(session: Session, bank_id: int, keys: Sequence[str]) -> dict[str, str]:
    """Return {key: 'Home/Cleaning'} of the categories with these keys, retired ones too."""
    tree = get_tree(session, bank_id)
    return {key: tree.words_of(tree.by_key[key].id) for key in keys if key in tree.by_key}


subjects.register(Subject.CATEGORY, list_category_words)


def list_titles_of_codes(session: Session, bank_id: int, codes: Sequence[str]) -> dict[str, str]:
    """Return {code: 'Weeding (Grace Okafor)'} of the listings with these codes."""
    query = select(Listing.code, Listing.title, Person.name).join(Membership, OWNS)
    query = query.join(Person, Person.id == Membership.person_id)
    rows = session.execute(query.where(Listing.bank_id == bank_id, Listing.code.in_(set(codes))))
    return {row.code: f"{row.title} ({row.name})" for row in rows}


subjects.register(Subject.LISTING, list_titles_of_codes)


def has_kinds(session: Session, bank_id: int) -> bool:
    """Return whether the bank has kinds of help that can be chosen."""
    main = aliased(Category)
    usable = (
        select(Category.id)
        .outerjoin(main, (main.bank_id == Category.bank_id) & (main.id == Category.parent_id))
        .where(Category.bank_id == bank_id, Category.retired_at.is_(None), main.retired_at.is_(None))
    )
    return session.scalar(usable.limit(1)) is not None


def can_be_found(today: date) -> ColumnElement[bool]:
    """Return the condition that others find a listing: open, reviewed in time, and its owner is active.

    An imported listing has the holder as its owner, and is found too. A request is found until its day has passed, as
    long as it wants more helpers; `filling.state_of` decides the same of a row.
    """
    owner_is_here = or_(Membership.standing == Standing.ACTIVE, Membership.is_holder)
    day_is_to_come = or_(Listing.wanted_on.is_(None), Listing.wanted_on >= today, Listing.every_week)
    return and_(
        Listing.life == Life.OPEN, Listing.review_on >= today, owner_is_here, day_is_to_come, wants_helpers(today)
    )


def wants_helpers(today: date) -> ColumnElement[bool]:
    """Return the condition that a listing is an offer, or a request that wants more helpers than have come."""
    return or_(Listing.kind == ListingKind.OFFER, helpers_found(today) < Listing.helpers_wanted)


def select_lines(bank_id: int, today: date) -> Select[Any]:
    """Return a query of the columns of `ListingLine`."""
    return (
        select(
            Listing.id,
            Listing.code,
            Listing.kind,
            Listing.life,
            Listing.title,
            func.substr(Listing.words, 1, _FIRST_WORDS).label("words"),
            Listing.in_person,
            Listing.by_phone,
            Listing.online,
            Listing.suits,
            Listing.when_words,
            Listing.wanted_on,
            Listing.wanted_time,
            Listing.helpers_wanted,
            Listing.every_week,
            helpers_found(today).label("helpers_found"),
            Listing.review_on,
            Listing.listed_at,
            Listing.member_id,
            Membership.is_holder,
            Membership.code.label("member_code"),
            Person.name,
            Area.name.label("area"),
        )
        .join(Membership, OWNS)
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(Area, (Area.bank_id == Listing.bank_id) & (Area.id == Listing.area_id))
        .where(Listing.bank_id == bank_id)
    )


def find_listing(session: Session, bank_id: int, code: str) -> Listing | None:
    """Return the listing of the bank with this code, whoever may see it; None if there is none."""
    return session.scalar(select(Listing).where(Listing.bank_id == bank_id, Listing.code == code))


def _select_whole(bank_id: int, today: date) -> Select[Any]:
    """Return a query of the columns of `WholeListing`."""
    return select_lines(bank_id, today).add_columns(
        Listing.words.label("all_words"),
        Membership.standing,
        Membership.account_id,
        Listing.area_id,
        Listing.written_by,
        Listing.how,
        Listing.evidence,
    )


def find_line(session: Session, bank_id: int, code: str, today: date) -> WholeListing | None:
    """Return the listing of the bank with this code, as pages show it; None if there is none."""
    return fetch_first(session, _select_whole(bank_id, today).where(Listing.code == code), WholeListing)


def list_open_requests(session: Session, bank_id: int, *, today: date) -> Sequence[WholeListing]:
    """Return the requests of members that want helpers, what is for the nearest day first, then the oldest."""
    day = case((and_(Listing.every_week, Listing.wanted_on < today), today), else_=Listing.wanted_on)
    query = _select_whole(bank_id, today).where(
        Listing.kind == ListingKind.REQUEST, can_be_found(today), Membership.is_holder.is_(False)
    )
    return fetch(session, query.order_by(day.is_(None), day, Listing.listed_at, Listing.id), WholeListing)


def list_of_member(session: Session, bank_id: int, member_id: int, *, today: date) -> Sequence[ListingLine]:
    """Return all listings of a member, newest first."""
    query = (
        select_lines(bank_id, today)
        .where(Listing.member_id == member_id)
        .order_by(Listing.listed_at.desc(), Listing.id.desc())
    )
    return fetch(session, query.limit(MOST_OF_ONE_MEMBER), ListingLine)


def list_asked(session: Session, bank_id: int, member_id: int, *, today: date) -> Sequence[ListingLine]:
    """Return the requests of a member that are open, filled or run out too, newest first."""
    query = select_lines(bank_id, today).where(
        Listing.member_id == member_id, Listing.kind == ListingKind.REQUEST, Listing.life == Life.OPEN
    )
    query = query.order_by(Listing.listed_at.desc(), Listing.id.desc()).limit(MOST_OF_ONE_MEMBER)
    return fetch(session, query, ListingLine)


def list_requests_of_account(
    session: Session, bank_id: int, account_id: int, *, today: date, most: int
) -> Sequence[ListingLine]:
    """Return the newest requests of the member with this account that want helpers; their day may have passed.

    So help that was given on the day can be recorded afterwards.
    """
    query = select_lines(bank_id, today).where(
        Membership.account_id == account_id,
        Listing.kind == ListingKind.REQUEST,
        Listing.life == Life.OPEN,
        Listing.review_on >= today,
        Membership.standing == Standing.ACTIVE,
        wants_helpers(today),
    )
    return fetch(session, query.order_by(Listing.listed_at.desc(), Listing.id.desc()).limit(most), ListingLine)


def list_shown_of_member(session: Session, bank_id: int, member_id: int, *, today: date) -> Sequence[ListingLine]:
    """Return those listings of a member that others can find, offers first."""
    query = select_lines(bank_id, today).where(Listing.member_id == member_id, can_be_found(today))
    query = query.order_by(Listing.kind, Listing.listed_at.desc()).limit(MOST_OF_ONE_MEMBER)
    return fetch(session, query, ListingLine)


def list_categories_of(session: Session, bank_id: int, listing_ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """Return {listing id: ids of its categories, ascending}."""
    rows = session.execute(
        select(ListingCategory.listing_id, ListingCategory.category_id)
        .where(ListingCategory.bank_id == bank_id, ListingCategory.listing_id.in_(set(listing_ids)))
        .order_by(ListingCategory.listing_id, ListingCategory.category_id)  # as its key: else SQLite reads all of them
    )
    category_ids: dict[int, tuple[int, ...]] = {}
    for row in rows:
        category_ids[row.listing_id] = (*category_ids.get(row.listing_id, ()), row.category_id)
    return category_ids
