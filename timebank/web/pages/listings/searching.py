"""Parsing of a search in a URL, and what lists of listings need besides their rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import g, request

from timebank.banks.queries import list_areas
from timebank.listings.finding import ListingFilter, Ways
from timebank.listings.queries import ListingLine, list_categories_of
from timebank.listings.rules import ListingKind
from timebank.listings.tree import Branch, Tree
from timebank.web.asked import asked_words
from timebank.web.extensions import db
from timebank.week import DAYS_A_WEEK


@dataclass(frozen=True, slots=True)
class Asked:
    """A search: as a filter, and as the parameters of its URL."""

    filters: ListingFilter
    chosen: dict[str, str]

    @property
    def is_narrow(self) -> bool:
        """Whether more was chosen than the kind."""
        return bool(self.chosen)

    @property
    def is_filtered(self) -> bool:
        """Whether more was chosen than the kind and words."""
        return bool(set(self.chosen) - {"words"})


def read_asked(tree: Tree, areas: dict[str, int]) -> Asked:
    """Parse the search in the URL; invalid values are ignored."""
    kind = ListingKind.REQUEST if request.args.get("kind") == ListingKind.REQUEST else ListingKind.OFFER
    category, area = request.args.get("category", ""), request.args.get("area", "")
    way, day, words = request.args.get("way", ""), request.args.get("day", ""), asked_words("words").strip()
    is_day = day.isascii() and day.isdigit() and 1 <= int(day[:2]) <= DAYS_A_WEEK
    chosen = {
        "words": words,
        "category": category if category in tree.by_key else "",
        "area": area if area in areas else "",
        "way": way if way in Ways else "",
        "day": str(int(day[:2])) if is_day else "",
    }
    search = ListingFilter(
        kind,
        words,
        category_id=tree.by_key[category].id if chosen["category"] else None,
        area_id=areas.get(area),
        way=chosen["way"] or None,
        day=int(day[:2]) - 1 if is_day else None,
    )
    return Asked(search, {name: value for name, value in chosen.items() if value})


def areas_by_name() -> dict[str, int]:
    """{name: id} of the bank's areas."""
    return {row.name: row.id for row in list_areas(db.session(), g.bank.id)}


def categories_of(rows: Sequence[ListingLine], tree: Tree) -> dict[int, Sequence[Branch]]:
    """{listing id: the categories it stands in, in the bank's order}."""
    ids_by_listing = list_categories_of(db.session(), g.bank.id, [row.id for row in rows]) if rows else {}
    return {
        row.id: [branch for id_, branch in tree.by_id.items() if id_ in ids_by_listing.get(row.id, ())] for row in rows
    }
