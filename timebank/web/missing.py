"""What is missing in the reader's bank, for the pages that list it and for tasks about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import g

from timebank.exchanges.queries import count_by_category
from timebank.listings.missing import (
    AreaLine,
    FiledListing,
    KindLine,
    list_missing_areas,
    list_missing_kinds,
)
from timebank.listings.missing_queries import list_area_people, list_filed
from timebank.listings.queries import get_tree
from timebank.listings.rules import review_day
from timebank.listings.tree import Tree
from timebank.references import Ref, Subject
from timebank.web.extensions import db
from timebank.web.filters import today

#: Exchanges of so many months count.
_MONTHS = 12
MissingLine = KindLine | AreaLine


@dataclass(frozen=True, slots=True)
class Missing:
    """Everything that is missing: of kinds of help, and of areas."""

    kinds: Sequence[KindLine]
    areas: Sequence[AreaLine]


def find_missing() -> Missing:
    """Return what is missing, in four queries."""
    listings = list_filed(db.session(), g.bank.id, today=today())
    return Missing(_kinds(get_tree(db.session(), g.bank.id), listings), _areas(listings))


def find_missing_of(about: Ref, tree: Tree | None = None) -> Sequence[MissingLine]:
    """Return what is missing now of one kind of help or area; `tree` where it has been read before."""
    listings = list_filed(db.session(), g.bank.id, today=today())
    lines: Sequence[MissingLine]
    if about.subject is Subject.AREA:
        lines = _areas(listings)
    else:
        lines = _kinds(tree or get_tree(db.session(), g.bank.id), listings)
    return [line for line in lines if line.about == about]


def counted_since() -> date:
    """Return the day from which exchanges count, twelve months ago."""
    return review_day(today(), -_MONTHS)


def _kinds(tree: Tree, listings: Sequence[FiledListing]) -> Sequence[KindLine]:
    times = count_by_category(db.session(), g.bank.id, since=counted_since())
    return list_missing_kinds(tree, listings, times)


def _areas(listings: Sequence[FiledListing]) -> Sequence[AreaLine]:
    return list_missing_areas(list_area_people(db.session(), g.bank.id), listings)
