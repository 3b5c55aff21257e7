"""Members who could help with a request: filtered in SQL, then ranked with reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from timebank.banks.queries import list_travel
from timebank.bookkeeping.queries import list_accounts
from timebank.listings.filling import next_day
from timebank.listings.meanings import find_models, text_of
from timebank.listings.models import Listing
from timebank.listings.nearest import Nearness, Target, find_nearest
from timebank.listings.queries import (
    ListingLine,
    WholeListing,
    can_be_found,
    get_tree,
    list_categories_of,
    select_lines,
)
from timebank.listings.rules import ListingKind
from timebank.listings.tree import Tree
from timebank.matching.reach import parts_wanted, shares_a_language
from timebank.matching.rules import LEAST_FITTING, Line, Offered, Order, Wanted, score_lines, total
from timebank.members.helping import select_helping
from timebank.members.models import Membership
from timebank.rows import fetch
from timebank.week import ANY_TIME

MOST_CANDIDATES = 10
#: Offers that are compared, the nearest in meaning.
_MOST_OFFERS = 200
#: Of one member so many offers are named.
_OFFERS_NAMED = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """A member who could help: their offers that fit, the best first, and the lines of the best one's score.

    `balance` is in minutes; `travel_minutes` one way, None where nobody knows.
    """

    member_id: int
    code: str
    name: str
    area: str | None
    offers: tuple[str, ...]
    lines: tuple[Line, ...]
    balance: int
    travel_minutes: int | None

    @property
    def score(self) -> float:
        """Return the sum of the lines."""
        return total(self.lines)

    @property
    def points(self) -> int:
        """Return the sum of the lines as pages show them, each in whole hundredths, so that they add up there too."""
        return sum(round(line.value * 100) for line in self.lines)


@dataclass(frozen=True, slots=True)
class _Query:
    """A request as candidates are looked for: on which day, in which parts of the week (0: any), how far away.

    `travel` is {area id: minutes one way} to the request's area; None where nobody has to travel or it has no area.
    """

    session: Session
    bank_id: int
    request: WholeListing
    tree: Tree
    kinds: Sequence[int]
    travel: Mapping[int, int] | None
    today: date
    day: date
    parts: int


@dataclass(frozen=True, slots=True)
class _OwnedLine(ListingLine):
    """An offer with what is compared of its owner."""

    account_id: int
    area_id: int | None
    free_parts: int


@dataclass(frozen=True, slots=True)
class _Fit:
    """An offer, its owner's balance and travel, and its score."""

    line: _OwnedLine
    balance: int
    travel_minutes: int | None
    lines: tuple[Line, ...]


def list_candidates(
    session: Session, request: WholeListing, bank_id: int, *, today: date, order: Order = Order.ALL
) -> Sequence[Candidate]:
    """Return the members who could help with a request, the best first, at most MOST_CANDIDATES.

    None of them breaks a hard filter: whose offer others can find, who wants to be asked, is not away on its day, is
    free when it suits, speaks a language of who asks and goes so far. Who asks is not among them.
    """
    query = _query(session, bank_id, request, today)
    nearest = find_nearest(session, _target(query), can_be_found(today), *_filters(query), most=_MOST_OFFERS)
    fits = [fit for fit in _compare(query, nearest) if total(fit.lines, Order.WORDS) >= LEAST_FITTING]
    best = sorted(fits, key=lambda fit: (-total(fit.lines, order), -fit.line.id))
    by_member: dict[int, list[_Fit]] = {}
    for fit in best:
        by_member.setdefault(fit.line.member_id, []).append(fit)
    return [_candidate(of_member) for of_member in list(by_member.values())[:MOST_CANDIDATES]]


def _query(session: Session, bank_id: int, request: WholeListing, today: date) -> _Query:
    kinds = list_categories_of(session, bank_id, [request.id]).get(request.id, ())
    travel = None
    if request.area_id is not None and request.in_person:
        travel = {**list_travel(session, bank_id, request.area_id), request.area_id: 0}
    day = next_day(request, today)
    tree, parts = get_tree(session, bank_id), parts_wanted(request, today)
    return _Query(session, bank_id, request, tree, kinds, travel, today, day or today, parts)


def _target(query: _Query) -> Target:
    """Return what offers are compared with: the words of the request, and the kinds that were chosen for it."""
    models = find_models(query.session, query.bank_id)
    text = text_of(query.request.title, query.request.all_words)
    kinds, groups = _kinds(query.tree, query.kinds)
    meanings = models.meanings_of_kinds(text, [query.tree.by_id[id_].key for id_ in kinds | groups])
    return Target(query.bank_id, ListingKind.OFFER, models, meanings)


def _filters(query: _Query) -> Sequence[ColumnElement[bool]]:
    helping = select_helping(query.bank_id).subquery()
    is_here = or_(helping.c.away_from.is_(None), helping.c.away_from > query.day, helping.c.away_until < query.day)
    willing = select(helping.c.member_id).where(
        helping.c.member_id == Membership.id, helping.c.most_invitations > 0, is_here
    )
    if query.parts != ANY_TIME:
        free = helping.c.free_parts.bitwise_and(query.parts) != 0
        willing = willing.where(or_(helping.c.free_parts == ANY_TIME, free))
    if query.travel is not None:
        reach = [
            (Membership.area_id == area) & (helping.c.farthest_minutes >= far) for area, far in query.travel.items()
        ]
        willing = willing.where(or_(helping.c.farthest_minutes.is_(None), *reach))
    return [
        Membership.is_holder.is_(False),
        Membership.id != query.request.member_id,
        willing.correlate(Membership).exists(),
        shares_a_language(query.bank_id, query.request.member_id),
    ]


def _compare(query: _Query, nearest: Sequence[Nearness]) -> Sequence[_Fit]:
    session, bank_id = query.session, query.bank_id
    likeness = {line.listing_id: line.likeness for line in nearest}
    offers = _owned_lines(query, list(likeness)) if likeness else []
    kinds = list_categories_of(session, bank_id, list(likeness))
    accounts = list_accounts(session, bank_id, {line.account_id for line in offers})
    compared, far = Wanted(*_kinds(query.tree, query.kinds), query.parts), query.travel or {}
    fits = []
    for line in offers:
        own, groups = _kinds(query.tree, kinds.get(line.id, ()))
        travel, balance = far.get(line.area_id or 0), accounts[line.account_id].balance
        facts = Offered(likeness[line.id], own, groups, travel, line.free_parts, balance)
        fits.append(_Fit(line, balance, travel, score_lines(compared, facts)))
    return fits


def _owned_lines(query: _Query, listing_ids: Sequence[int]) -> Sequence[_OwnedLine]:
    helping = select_helping(query.bank_id).subquery()
    lines = (
        select_lines(query.bank_id, query.today)
        .add_columns(Membership.account_id, Membership.area_id, helping.c.free_parts)
        .join(helping, helping.c.member_id == Membership.id)
        .where(Listing.id.in_(listing_ids))
    )
    return fetch(query.session, lines, _OwnedLine)


def _kinds(tree: Tree, category_ids: Sequence[int]) -> tuple[frozenset[int], frozenset[int]]:
    """Return (kinds below main ones, main kinds) of a listing."""
    branches = [tree.by_id[id_] for id_ in category_ids]
    return (
        frozenset(branch.id for branch in branches if branch.parent_id is not None),
        frozenset(branch.parent_id or branch.id for branch in branches),
    )


def _candidate(fits: Sequence[_Fit]) -> Candidate:
    best, titles = fits[0], tuple(fit.line.title for fit in fits[:_OFFERS_NAMED])
    line = best.line
    return Candidate(
        line.member_id,
        line.member_code,
        line.name,
        line.area,
        titles,
        best.lines,
        best.balance,
        best.travel_minutes,
    )
