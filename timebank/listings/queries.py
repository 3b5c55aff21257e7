"""Queries of listings and categories. Lists return read models, a page at a time, of what their reader may find."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import Session

from timebank.actors import Standing
from timebank.banks.models import Area
from timebank.listings.models import Category, Listing, ListingCategory, ListingWord
from timebank.listings.rules import Life, ListingKind, OfListing, read_risks, suits_day
from timebank.listings.search import SearchTerms, Term, parse_search
from timebank.listings.tree import Branch, Tree
from timebank.members.models import Membership, Person
from timebank.rows import Page, fetch, fetch_first, fetch_numbered

LISTINGS_A_PAGE = 25
MOST_OF_ONE_MEMBER = 100
#: Of a search by words, this many of the newest matches are ranked.
MOST_RANKED = 500
_FIRST_WORDS = 200
Ways = {"in-person": Listing.in_person, "by-phone": Listing.by_phone, "online": Listing.online}


@dataclass(frozen=True, slots=True)
class ListingFilter:
    """The filters of a search. `way` is a key of Ways; `day` is 0 for Monday; None: any."""

    kind: ListingKind
    words: str = ""
    category_id: int | None = None
    area_id: int | None = None
    way: str | None = None
    day: int | None = None


@dataclass(frozen=True, slots=True)
class ListingLine(OfListing):
    """A listing in a list: its own columns, of its words the first ones, and its owner and area."""

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
    review_on: date
    listed_at: datetime
    member_id: int
    is_holder: bool
    member_code: str
    name: str
    area: str | None


@dataclass(frozen=True, slots=True)
class WholeListing(ListingLine):
    """The same with all its words, and its owner's standing and account."""

    all_words: str
    standing: str
    account_id: int
    area_id: int | None

    @property
    def owner_is_active(self) -> bool:
        """Return whether the owner is an active member, not the holder of imported listings."""
        return self.standing == Standing.ACTIVE and not self.is_holder


@dataclass(frozen=True, slots=True)
class ListingsPage(Page[ListingLine]):
    """A numbered page of listings; `only_common` is True if all words were too common to search for."""

    only_common: bool = False


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


def find_listings(
    session: Session, bank_id: int, filters: ListingFilter, tree: Tree, *, today: date, page: int = 1
) -> ListingsPage:
    """Return a page of the open listings that match: those with every word in the title first, then the newest."""
    search = parse_search(filters.words)
    conditions = [_fits(bank_id, filters, tree), can_be_found(today)]
    start = (page - 1) * LISTINGS_A_PAGE
    if not search.terms:
        query = _lines(bank_id).where(*conditions).order_by(Listing.listed_at.desc(), Listing.id.desc())
        newest = fetch_numbered(session, query, ListingLine, LISTINGS_A_PAGE, page)
        return ListingsPage(newest.rows, newest.next, page, search.only_common)
    ids = _ranked(session, [*conditions, _has_words(bank_id, search, tree)], search)
    here = ids[start : start + LISTINGS_A_PAGE]
    lines = fetch(session, _lines(bank_id).where(Listing.id.in_(here)), ListingLine) if here else []
    by_id = {line.id: line for line in lines}
    following = page + 1 if len(ids) > start + LISTINGS_A_PAGE else None
    return ListingsPage([by_id[id_] for id_ in here], following, page)


def can_be_found(today: date) -> ColumnElement[bool]:
    """Return the condition that others find a listing: open, reviewed in time, and its owner is active.

    An imported listing has the holder as its owner, and is found too.
    """
    owner_is_here = or_(Membership.standing == Standing.ACTIVE, Membership.is_holder)
    return and_(Listing.life == Life.OPEN, Listing.review_on >= today, owner_is_here)


def _ranked(session: Session, conditions: Sequence[ColumnElement[bool]], search: SearchTerms) -> Sequence[int]:
    query = select(Listing.id, Listing.title).join(Membership, _owns).where(*conditions)
    newest = session.execute(query.order_by(Listing.listed_at.desc(), Listing.id.desc()).limit(MOST_RANKED)).all()
    return [row.id for row in sorted(newest, key=lambda row: not search.all_in(row.title))]


_owns = (Membership.bank_id == Listing.bank_id) & (Membership.id == Listing.member_id)


def _lines(bank_id: int) -> Select[Any]:
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
            Listing.review_on,
            Listing.listed_at,
            Listing.member_id,
            Membership.is_holder,
            Membership.code.label("member_code"),
            Person.name,
            Area.name.label("area"),
        )
        .join(Membership, _owns)
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(Area, (Area.bank_id == Listing.bank_id) & (Area.id == Listing.area_id))
        .where(Listing.bank_id == bank_id)
    )


def _fits(bank_id: int, filters: ListingFilter, tree: Tree) -> ColumnElement[bool]:
    """Return the conditions but for the words. A listing without days matches any; one without ways or area, none."""
    conditions: list[ColumnElement[bool]] = [Listing.bank_id == bank_id, Listing.kind == filters.kind]
    if filters.category_id is not None:
        conditions.append(_stands_in(bank_id, tree.within(filters.category_id)))
    if filters.area_id is not None:
        conditions.append(Listing.area_id == filters.area_id)
    if filters.way is not None:
        conditions.append(Ways[filters.way].is_(true()))
    if filters.day is not None:
        on_that_day = Listing.suits.bitwise_and(suits_day(filters.day)) != 0
        conditions.append(or_(Listing.suits == 0, on_that_day))
    return and_(*conditions)


def _stands_in(bank_id: int, category_ids: frozenset[int]) -> ColumnElement[bool]:
    in_them = select(ListingCategory.listing_id).where(
        ListingCategory.bank_id == bank_id, ListingCategory.category_id.in_(category_ids)
    )
    return Listing.id.in_(in_them)


def _has_words(bank_id: int, search: SearchTerms, tree: Tree) -> ColumnElement[bool]:
    """Return the condition that every word is in the title, the words, or the name of a category or of its parent."""
    every: list[ColumnElement[bool]] = [true()]
    for either, named in zip(search.terms, tree.named(search), strict=True):
        ways = [_has_word(bank_id, term) for term in either]
        ways += [_stands_in(bank_id, ids) for ids in named if ids]
        every.append(or_(*ways))
    return and_(*every)


def _has_word(bank_id: int, term: Term) -> ColumnElement[bool]:
    """Return the condition that a listing has this term; typed wildcards are escaped."""
    word = ListingWord.word
    starts = [word == term.stem, *(word.startswith(start, autoescape=True) for start in term.starts)]
    having = select(ListingWord.listing_id).where(ListingWord.bank_id == bank_id, or_(*starts))
    return Listing.id.in_(having)


def find_listing(session: Session, bank_id: int, code: str) -> Listing | None:
    """Return the listing of the bank with this code, whoever may see it; None if there is none."""
    return session.scalar(select(Listing).where(Listing.bank_id == bank_id, Listing.code == code))


def find_line(session: Session, bank_id: int, code: str) -> WholeListing | None:
    """Return the listing of the bank with this code, as pages show it; None if there is none."""
    query = _lines(bank_id).add_columns(
        Listing.words.label("all_words"), Membership.standing, Membership.account_id, Listing.area_id
    )
    return fetch_first(session, query.where(Listing.code == code), WholeListing)


def list_of_member(session: Session, bank_id: int, member_id: int) -> Sequence[ListingLine]:
    """Return all listings of a member, newest first."""
    query = _lines(bank_id).where(Listing.member_id == member_id).order_by(Listing.listed_at.desc(), Listing.id.desc())
    return fetch(session, query.limit(MOST_OF_ONE_MEMBER), ListingLine)


def list_shown_of_member(session: Session, bank_id: int, member_id: int, *, today: date) -> Sequence[ListingLine]:
    """Return those listings of a member that others can find, offers first."""
    query = _lines(bank_id).where(Listing.member_id == member_id, can_be_found(today))
    query = query.order_by(Listing.kind, Listing.listed_at.desc()).limit(MOST_OF_ONE_MEMBER)
    return fetch(session, query, ListingLine)


def list_categories_of(session: Session, bank_id: int, listing_ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """Return {listing id: ids of its categories, ascending}."""
    rows = session.execute(
        select(ListingCategory.listing_id, ListingCategory.category_id)
        .where(ListingCategory.bank_id == bank_id, ListingCategory.listing_id.in_(set(listing_ids)))
        .order_by(ListingCategory.category_id)
    )
    category_ids: dict[int, tuple[int, ...]] = {}
    for row in rows:
        category_ids[row.listing_id] = (*category_ids.get(row.listing_id, ()), row.category_id)
    return category_ids
