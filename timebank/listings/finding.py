"""Finding listings: by filters, by words, and by what words mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from timebank.listings.meanings import find_models
from timebank.listings.models import Listing, ListingCategory, ListingWord
from timebank.listings.nearest import Target, find_nearest
from timebank.listings.queries import OWNS, ListingLine, can_be_found, list_categories_of, select_lines
from timebank.listings.rules import ListingKind
from timebank.listings.search import SearchedText, SearchTerms, Term, parse_search, rank
from timebank.listings.tree import Tree
from timebank.members.models import Membership
from timebank.rows import Page, fetch, fetch_numbered
from timebank.week import whole_day
from timebank.words.slips import find_meant

LISTINGS_A_PAGE = 25
#: Of a search by words, this many of the newest matches are ranked.
MOST_RANKED = 500
#: Listings without the words that mean something near them: how alike they are at least, and how many are shown.
LEAST_ALIKE, MOST_NEAR = 0.45, 10
#: Where nothing has the words, less alike is shown too.
_LEAST_ALIKE_TO_NOTHING, _MOST_NEAR_NOTHING = 0.35, 5
#: Of the nearest in meaning so many are ordered by their letters too, which count this much.
_MOST_COMPARED, _LEAST_COMPARED, _LETTERS = 50, 0.2, 0.3
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
class ListingsPage(Page[ListingLine]):
    """A numbered page of listings.

    `near` are listings that mean something near the words without having them; they follow the last page. `dropped`
    are words that are too common to search for, and `only_common` is True if all were. `meant` is what was typed
    without a slip, where nothing has the words.
    """

    near: Sequence[ListingLine] = ()
    dropped: tuple[str, ...] = ()
    only_common: bool = False
    meant: str | None = None

    @property
    def every_row(self) -> Sequence[ListingLine]:
        """Return the listings of the page, then those that are near."""
        return [*self.rows, *self.near]


@dataclass(frozen=True, slots=True)
class _Search:
    """A search by words and its filters, as its steps need them."""

    session: Session
    bank_id: int
    filters: ListingFilter
    terms: SearchTerms
    tree: Tree
    conditions: Sequence[ColumnElement[bool]]
    today: date


def find_listings(
    session: Session, bank_id: int, filters: ListingFilter, tree: Tree, *, today: date, page: int = 1
) -> ListingsPage:
    """Return a page of the open listings that match, the newest first, or by words as `search.rank` has them."""
    terms = parse_search(filters.words)
    conditions = [fits(bank_id, filters, tree), can_be_found(today)]
    if not terms.terms:
        query = select_lines(bank_id, today).where(*conditions).order_by(Listing.listed_at.desc(), Listing.id.desc())
        newest = fetch_numbered(session, query, ListingLine, LISTINGS_A_PAGE, page)
        return ListingsPage(newest.rows, newest.next, page, dropped=terms.dropped, only_common=terms.only_common)
    search = _Search(session, bank_id, filters, terms, tree, conditions, today)
    ids = _ranked(search)
    start = (page - 1) * LISTINGS_A_PAGE
    rows = _lines_of(search, ids[start : start + LISTINGS_A_PAGE])
    if len(ids) > start + LISTINGS_A_PAGE:
        return ListingsPage(rows, page + 1, page, dropped=terms.dropped)
    meant = None if ids else find_meant(filters.words)
    near = _near(search, meant or filters.words, ids)
    return ListingsPage(rows, None, page, near, terms.dropped, meant=meant)


def _ranked(search: _Search) -> Sequence[int]:
    """Return the ids of the listings that have every word, the best first, then the newest."""
    query = (
        select(Listing.id, Listing.title, Listing.words)
        .join(Membership, OWNS)
        .where(*search.conditions, _has_words(search.bank_id, search.terms, search.tree))
        .order_by(Listing.listed_at.desc(), Listing.id.desc())
        .limit(MOST_RANKED)
    )
    newest = search.session.execute(query).all()
    kinds = list_categories_of(search.session, search.bank_id, [row.id for row in newest])
    scores = {
        row.id: rank(search.terms, _searched(search.tree, row.title, row.words, kinds.get(row.id, ())))
        for row in newest
    }
    return sorted(scores, key=lambda id_: -scores[id_])


def _searched(tree: Tree, title: str, words: str, category_ids: Sequence[int]) -> SearchedText:
    own = [tree.by_id[id_] for id_ in category_ids]
    above = [tree.by_id[branch.parent_id] for branch in own if branch.parent_id is not None]
    return SearchedText(
        title, words, " ".join(branch.name for branch in own), " ".join(branch.name for branch in above)
    )


def _near(search: _Search, words: str, having_words: Sequence[int]) -> Sequence[ListingLine]:
    """Return listings without the words that mean something near them, the nearest first."""
    models = find_models(search.session, search.bank_id)
    if not models.knows(words):
        return []
    target = Target(search.bank_id, search.filters.kind, models, models.meanings([words]))
    known = set(having_words)
    nearest = find_nearest(search.session, target, *search.conditions, most=_MOST_COMPARED + len(known))
    likeness = {line.listing_id: line.likeness for line in nearest if line.listing_id not in known}
    lines = _lines_of(search, [id_ for id_, alike in likeness.items() if alike >= _LEAST_COMPARED])
    letters = models.vocabulary.letter_likeness(words, [line.title for line in lines])
    scores = {line.id: likeness[line.id] + _LETTERS * alike for line, alike in zip(lines, letters, strict=True)}
    ordered = sorted(lines, key=lambda line: -scores[line.id])
    alike = [line for line in ordered if scores[line.id] >= LEAST_ALIKE][:MOST_NEAR]
    if known or len(alike) >= _MOST_NEAR_NOTHING:
        return alike
    return [line for line in ordered if scores[line.id] >= _LEAST_ALIKE_TO_NOTHING][:_MOST_NEAR_NOTHING]


def _lines_of(search: _Search, ids: Sequence[int]) -> Sequence[ListingLine]:
    """Return the lines of these listings, in the order of the ids."""
    if not ids:
        return []
    query = select_lines(search.bank_id, search.today).where(Listing.id.in_(ids))
    by_id = {line.id: line for line in fetch(search.session, query, ListingLine)}
    return [by_id[id_] for id_ in ids if id_ in by_id]


def fits(bank_id: int, filters: ListingFilter, tree: Tree) -> ColumnElement[bool]:
    """Return the conditions but for the words. A listing without days matches any; one without ways or area, none."""
    conditions: list[ColumnElement[bool]] = [Listing.bank_id == bank_id, Listing.kind == filters.kind]
    if filters.category_id is not None:
        conditions.append(stands_in(bank_id, tree.within(filters.category_id)))
    if filters.area_id is not None:
        conditions.append(Listing.area_id == filters.area_id)
    if filters.way is not None:
        conditions.append(Ways[filters.way].is_(true()))
    if filters.day is not None:
        on_that_day = Listing.suits.bitwise_and(whole_day(filters.day)) != 0
        conditions.append(or_(Listing.suits == 0, on_that_day))
    return and_(*conditions)


def stands_in(bank_id: int, category_ids: frozenset[int]) -> ColumnElement[bool]:
    """Return the condition that a listing stands in one of these categories."""
    in_them = select(ListingCategory.listing_id).where(
        ListingCategory.bank_id == bank_id, ListingCategory.category_id.in_(category_ids)
    )
    return Listing.id.in_(in_them)


def _has_words(bank_id: int, search: SearchTerms, tree: Tree) -> ColumnElement[bool]:
    """Return the condition that every word is in the title, the words, or the name of a category or of its parent."""
    every: list[ColumnElement[bool]] = [true()]
    for either, named in zip(search.terms, tree.named(search), strict=True):
        ways = [_has_word(bank_id, term) for term in either]
        ways += [stands_in(bank_id, ids) for ids in named if ids]
        every.append(or_(*ways))
    return and_(*every)


def _has_word(bank_id: int, term: Term) -> ColumnElement[bool]:
    """Return the condition that a listing has this term; typed wildcards are escaped."""
    word = ListingWord.word
    starts = [word == term.stem, *(word.startswith(start, autoescape=True) for start in term.starts)]
    having = select(ListingWord.listing_id).where(ListingWord.bank_id == bank_id, or_(*starts))
    return Listing.id.in_(having)
