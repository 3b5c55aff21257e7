"""What a bank lacks: kinds of help that are not offered, not asked for, or hang on one helper, and areas without any.

Values in, lines out. What is filed under a retired kind counts for the main kind above it. What is filed under a main
kind, in general, speaks for each kind in it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import NamedTuple

from timebank.listings.rules import ListingKind
from timebank.listings.tree import Branch, Tree
from timebank.references import Ref, Subject


class Lack(StrEnum):
    """What is missing."""

    NOT_OFFERED = "not_offered"
    NOT_ASKED = "not_asked"
    ONE_HELPER = "one_helper"
    NOBODY_THERE = "nobody_there"


class FiledListing(NamedTuple):
    """A listing that others can find, under one of its categories (None: it has none), with its owner."""

    listing_id: int
    kind: str
    category_id: int | None
    area_id: int | None
    in_person: bool
    member_id: int
    name: str
    is_holder: bool


class AreaPeople(NamedTuple):
    """An open area, and how many active members live there."""

    id: int
    name: str
    members: int


@dataclass(frozen=True, slots=True)
class KindLine:
    """A kind of help and what is missing of it.

    `times` is how often it was agreed or given. `helper` is the name of its one helper; None where there is another
    number of them, or nobody who can be named: `imported` offers have no owner yet.
    """

    lack: Lack
    key: str
    name: str
    requests: int
    offers: int
    times: int
    imported: int = 0
    helper: str | None = None

    @property
    def about(self) -> Ref:
        """Return the reference to the category."""
        return Ref(Subject.CATEGORY, self.key)


@dataclass(frozen=True, slots=True)
class AreaLine:
    """An area where nobody offers help in person, the active members who live there, and its open requests."""

    name: str
    members: int
    requests: int
    lack: Lack = Lack.NOBODY_THERE

    @property
    def about(self) -> Ref:
        """Return the reference to the area."""
        return Ref(Subject.AREA, self.name)


@dataclass(frozen=True, slots=True)
class _Tally:
    """What was counted of a kind: ids of its open listings, its helpers' names by id, and its exchanges."""

    requests: set[int] = field(default_factory=set)
    offers: set[int] = field(default_factory=set)
    imported: set[int] = field(default_factory=set)
    helpers: dict[int, str] = field(default_factory=dict)
    times: int = 0

    def __or__(self, other: "_Tally") -> "_Tally":
        return _Tally(
            self.requests | other.requests,
            self.offers | other.offers,
            self.imported | other.imported,
            self.helpers | other.helpers,
            self.times + other.times,
        )

    @property
    def is_asked_for(self) -> bool:
        return bool(self.requests or self.times)

    @property
    def has_one_helper(self) -> bool:
        """Return whether one person offers it, or nobody whose name is known."""
        return bool(self.offers) and len(self.helpers) <= 1


def list_missing_kinds(tree: Tree, listings: Iterable[FiledListing], times: Mapping[int, int]) -> Sequence[KindLine]:
    """Return a line for each lack of each kind in use, what is asked for most first.

    `times` is {category id: how often help of it was agreed or given lately}.
    """
    filed = _tallies(tree, listings, times)
    lines: list[KindLine] = []
    for main, under in tree.in_use():
        general = filed[main.id]
        whole = reduce(or_, (filed[branch.id] for branch in under), general)
        lines += _lines_of(tree, main, filed=general, counted=whole, serving=whole)
        for branch in under:
            own = filed[branch.id]
            lines += _lines_of(tree, branch, filed=own, counted=own, serving=own | general)
    return sorted(lines, key=lambda line: -(line.requests + line.times))


def _lines_of(tree: Tree, branch: Branch, *, filed: _Tally, counted: _Tally, serving: _Tally) -> Iterator[KindLine]:
    """Yield the lines of a category.

    `filed` is what stands under it itself, `counted` what its line counts, and `serving` what would do for it as well.
    """
    lacks = {
        Lack.NOT_OFFERED: filed.is_asked_for and not serving.offers,
        Lack.NOT_ASKED: bool(filed.offers) and not serving.is_asked_for,
        Lack.ONE_HELPER: bool(filed.offers) and serving.has_one_helper,
    }
    for lack in (lack for lack, is_so in lacks.items() if is_so):
        helpers = list(serving.helpers.values())
        yield KindLine(
            lack,
            branch.key,
            tree.words_of(branch.id),
            requests=len(counted.requests),
            offers=len(counted.offers),
            times=counted.times,
            imported=len(serving.imported),
            helper=helpers[0] if len(helpers) == 1 else None,
        )


def list_missing_areas(areas: Iterable[AreaPeople], listings: Iterable[FiledListing]) -> Sequence[AreaLine]:
    """Return a line for each area without an offer in person, where most is asked for first."""
    requests: defaultdict[int | None, set[int]] = defaultdict(set)
    helped: set[int | None] = set()
    for listing in listings:
        if listing.kind == ListingKind.REQUEST:
            requests[listing.area_id].add(listing.listing_id)
        elif listing.in_person:
            helped.add(listing.area_id)
    lines = [AreaLine(area.name, area.members, len(requests[area.id])) for area in areas if area.id not in helped]
    return sorted(lines, key=lambda line: (-line.requests, -line.members))


def _tallies(tree: Tree, listings: Iterable[FiledListing], times: Mapping[int, int]) -> defaultdict[int, _Tally]:
    """Return {id of a category in use: what stands under it}."""
    tallies: defaultdict[int, _Tally] = defaultdict(_Tally)
    for listing in listings:
        category_id = _counts_for(tree, listing.category_id)
        if category_id is None:
            continue
        tally = tallies[category_id]
        if listing.kind == ListingKind.REQUEST:
            tally.requests.add(listing.listing_id)
            continue
        tally.offers.add(listing.listing_id)
        if listing.is_holder:
            tally.imported.add(listing.listing_id)
        else:
            tally.helpers[listing.member_id] = listing.name
    for used_id, count in times.items():
        category_id = _counts_for(tree, used_id)
        if category_id is not None:
            tallies[category_id] |= _Tally(times=count)
    return tallies


def _counts_for(tree: Tree, category_id: int | None) -> int | None:
    """Return the id of the category in use for which a category counts: itself, or the main one; None if neither."""
    branch = tree.by_id.get(category_id or 0)
    if branch is None or tree.may_be_chosen(branch.id):
        return None if branch is None else branch.id
    return branch.parent_id if branch.parent_id is not None and tree.may_be_chosen(branch.parent_id) else None
