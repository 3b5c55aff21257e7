"""Members who could help with a request: filtered in SQL, then ranked with reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from timebank.banks.queries import list_travel
from timebank.bookkeeping.queries import list_accounts
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
from timebank.matching.rules import LEAST_FITTING, Line, Offered, Order, Wanted, score_lines, total
from timebank.members.helping import list_languages, select_helping
from timebank.members.languages import USUAL_LANGUAGE
from timebank.members.models import Membership, SpokenLanguage
from timebank.rows import fetch

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
class _Fit:
    """An offer, its owner and its score."""

    line: ListingLine
    member: "_Member"
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class _Member:
    """What is compared of an owner of offers."""

    account_id: int
    area_id: int | None
    free_parts: int
    balance: int
    travel_minutes: int | None


def list_candidates(
    session: Session, request: WholeListing, bank_id: int, *, today: date, order: Order = Order.ALL
) -> Sequence[Candidate]:
    """Return the members who could help with a request, the best first, at most MOST_CANDIDATES.

    None of them breaks a hard filter: whose offer others can find, who wants to be asked, is not away, is free when the
    request suits, speaks a language of who asks and goes so far. Who asks is not among them.
    """
    travel = _travel(session, bank_id, request)
    conditions = [can_be_found(today), *_filters(session, bank_id, request, travel, today)]
    nearest = find_nearest(session, _target(session, bank_id, request), *conditions, most=_MOST_OFFERS)
    fits = [
        fit
        for fit in _compare(session, bank_id, request, nearest, travel, today)
        if total(fit.lines, Order.WORDS) >= LEAST_FITTING
    ]
    best = sorted(fits, key=lambda fit: (-total(fit.lines, order), -fit.line.id))
    by_member: dict[int, list[_Fit]] = {}
    for fit in best:
        by_member.setdefault(fit.line.member_id, []).append(fit)
    return [_candidate(of_member) for of_member in list(by_member.values())[:MOST_CANDIDATES]]


def _target(session: Session, bank_id: int, request: WholeListing) -> Target:
    """Return what offers are compared with: the words of the request, and the kinds that were chosen for it."""
    tree, models = get_tree(session, bank_id), find_models(session, bank_id)
    kinds = list_categories_of(session, bank_id, [request.id]).get(request.id, ())
    text = text_of(request.title, request.all_words)
    meanings = models.meanings_of_kinds(text, [tree.by_id[id_].key for id_ in kinds])
    return Target(bank_id, ListingKind.OFFER, models, meanings)


def _travel(session: Session, bank_id: int, request: WholeListing) -> Mapping[int, int] | None:
    """Return {area id: minutes one way} to the request's area; None where nobody has to travel or it has no area."""
    if request.area_id is None or not request.in_person:
        return None
    return {**list_travel(session, bank_id, request.area_id), request.area_id: 0}


def _filters(
    session: Session, bank_id: int, request: WholeListing, travel: Mapping[int, int] | None, today: date
) -> Sequence[ColumnElement[bool]]:
    helping = select_helping(bank_id).subquery()
    is_here = or_(helping.c.away_from.is_(None), helping.c.away_from > today, helping.c.away_until < today)
    willing = select(helping.c.member_id).where(helping.c.most_invitations > 0, is_here)
    if request.suits:
        willing = willing.where(or_(helping.c.free_parts == 0, helping.c.free_parts.bitwise_and(request.suits) != 0))
    if travel is not None:
        reach = [(Membership.area_id == area) & (helping.c.farthest_minutes >= far) for area, far in travel.items()]
        goes = or_(helping.c.farthest_minutes.is_(None), *reach)
        willing = willing.where(helping.c.member_id == Membership.id, goes)
    return [
        Membership.is_holder.is_(False),
        Membership.id != request.member_id,
        Membership.id.in_(willing.correlate(Membership)),
        _speaks(bank_id, list_languages(session, bank_id, request.member_id) or frozenset({USUAL_LANGUAGE})),
    ]


def _speaks(bank_id: int, languages: frozenset[str]) -> ColumnElement[bool]:
    own = and_(SpokenLanguage.bank_id == bank_id, SpokenLanguage.member_id == Membership.id)
    speaks = exists().where(own, SpokenLanguage.language.in_(languages)).correlate(Membership)
    if USUAL_LANGUAGE not in languages:
        return speaks
    return or_(speaks, ~exists().where(own).correlate(Membership))


def _compare(
    session: Session,
    bank_id: int,
    request: WholeListing,
    nearest: Sequence[Nearness],
    travel: Mapping[int, int] | None,
    today: date,
) -> Sequence[_Fit]:
    likeness = {line.listing_id: line.likeness for line in nearest}
    offers = (
        fetch(session, select_lines(bank_id, today).where(Listing.id.in_(likeness)), ListingLine) if likeness else []
    )
    kinds = list_categories_of(session, bank_id, [request.id, *likeness])
    tree, members = get_tree(session, bank_id), _members(session, bank_id, offers, travel)
    compared = Wanted(*_kinds(tree, kinds.get(request.id, ())), request.suits)
    fits = []
    for line in offers:
        member = members[line.member_id]
        own, groups = _kinds(tree, kinds.get(line.id, ()))
        facts = Offered(likeness[line.id], own, groups, member.travel_minutes, member.free_parts, member.balance)
        fits.append(_Fit(line, member, score_lines(compared, facts)))
    return fits


def _kinds(tree: Tree, category_ids: Sequence[int]) -> tuple[frozenset[int], frozenset[int]]:
    """Return (kinds below main ones, main kinds) of a listing."""
    branches = [tree.by_id[id_] for id_ in category_ids]
    return (
        frozenset(branch.id for branch in branches if branch.parent_id is not None),
        frozenset(branch.parent_id or branch.id for branch in branches),
    )


def _members(
    session: Session, bank_id: int, offers: Sequence[ListingLine], travel: Mapping[int, int] | None
) -> Mapping[int, _Member]:
    helping = select_helping(bank_id).subquery()
    query = (
        select(Membership.id, Membership.account_id, Membership.area_id, helping.c.free_parts)
        .join(helping, helping.c.member_id == Membership.id)
        .where(Membership.bank_id == bank_id, Membership.id.in_({line.member_id for line in offers}))
    )
    rows = session.execute(query).all()
    accounts = list_accounts(session, bank_id, [row.account_id for row in rows])
    far = travel or {}
    return {
        row.id: _Member(
            row.account_id, row.area_id, row.free_parts, accounts[row.account_id].balance, far.get(row.area_id or 0)
        )
        for row in rows
    }


def _candidate(fits: Sequence[_Fit]) -> Candidate:
    best = fits[0]
    titles = tuple(fit.line.title for fit in fits[:_OFFERS_NAMED])
    line, member = best.line, best.member
    return Candidate(
        line.member_id,
        line.member_code,
        line.name,
        line.area,
        titles,
        best.lines,
        member.balance,
        member.travel_minutes,
    )
