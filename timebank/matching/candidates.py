"""Members who could help with a request: filtered in SQL, then ranked with reasons."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timebank.banks.models import Area
from timebank.bookkeeping.audit_queries import accounts_as_they_stand
from timebank.listings.meanings import find_models, text_of
from timebank.listings.models import Listing
from timebank.listings.nearest import Nearness, Target, find_nearest
from timebank.listings.queries import OWNS, WholeListing, can_be_found, get_tree, list_categories_of
from timebank.listings.rules import ListingKind
from timebank.listings.tree import Tree
from timebank.matching.asks import asked_since
from timebank.matching.reach import Asking, describe, filters
from timebank.matching.rules import LEAST_FITTING, Line, Offered, Order, Wanted, score_lines, total
from timebank.members.models import HelpingWishes, Membership, Person
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

    `balance` is in minutes; `travel_minutes` one way, None where nobody knows; `asks` is how often they were invited of
    late.
    """

    member_id: int
    code: str
    name: str
    area: str | None
    offers: tuple[str, ...]
    lines: tuple[Line, ...]
    balance: int
    travel_minutes: int | None
    asks: int

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
    """A request, whom it may be asked of, and its kinds among all of the bank."""

    asking: Asking
    tree: Tree
    kinds: Sequence[int]


class _OwnedLine(NamedTuple):
    """An offer with what is compared and named of its owner; `area` is the one that the offer is in."""

    id: int
    title: str
    member_id: int
    member_code: str
    name: str
    area: str | None
    balance: int
    area_id: int | None
    free_parts: int
    asks: int


@dataclass(frozen=True, slots=True)
class _Fit:
    """An offer, its owner's travel, and its score."""

    line: _OwnedLine
    travel_minutes: int | None
    lines: tuple[Line, ...]


def list_candidates(  # noqa: PLR0913 (of whom, when, in which order, and who is left out)
    session: Session,
    request: WholeListing,
    bank_id: int,
    *,
    now: datetime,
    today: date,
    order: Order = Order.ALL,
    barred: Collection[int] = (),
) -> Sequence[Candidate]:
    """Return the members who could help with a request, the best first, at most MOST_CANDIDATES.

    None of them breaks a hard filter: whose offer others can find, who wants to be asked so often, does not rest, was
    not asked about it, is not away on its day, is free when it suits, speaks a language of who asks and goes so far.
    Who asks is not among them, nor are the memberships in `barred`. `today` is where the bank is.
    """
    asking = describe(session, bank_id, request, now, today, barred)
    kinds = list_categories_of(session, bank_id, [request.id]).get(request.id, ())
    query = _Query(asking, get_tree(session, bank_id), kinds)
    nearest = find_nearest(session, _target(query), can_be_found(today), *filters(asking), most=_MOST_OFFERS)
    fits = [fit for fit in _compare(query, nearest) if total(fit.lines, Order.WORDS) >= LEAST_FITTING]
    best = sorted(fits, key=lambda fit: (-total(fit.lines, order), -fit.line.id))
    by_member: dict[int, list[_Fit]] = {}
    for fit in best:
        by_member.setdefault(fit.line.member_id, []).append(fit)
    return [_candidate(of_member) for of_member in list(by_member.values())[:MOST_CANDIDATES]]


def _target(query: _Query) -> Target:
    """Return what offers are compared with: the words of the request, and the kinds that were chosen for it."""
    models = find_models(query.asking.session, query.asking.bank_id)
    text = text_of(query.asking.request.title, query.asking.request.all_words)
    kinds, groups = query.tree.kinds_and_groups(query.kinds)
    meanings = models.meanings_of_kinds([text], [[query.tree.by_id[id_].key for id_ in kinds | groups]])
    return Target(query.asking.bank_id, ListingKind.OFFER, models, meanings)


def _compare(query: _Query, nearest: Sequence[Nearness]) -> Sequence[_Fit]:
    session, bank_id = query.asking.session, query.asking.bank_id
    likeness = {line.listing_id: line.likeness for line in nearest}
    offers = _owned_lines(query, list(likeness)) if likeness else []
    kinds = list_categories_of(session, bank_id, list(likeness))
    compared, far = Wanted(*query.tree.kinds_and_groups(query.kinds), query.asking.parts), query.asking.travel or {}
    fits = []
    for line in offers:
        own, groups = query.tree.kinds_and_groups(kinds.get(line.id, ()))
        travel = far.get(line.area_id or 0)
        facts = Offered(likeness[line.id], own, groups, travel, line.free_parts, line.balance, line.asks)
        fits.append(_Fit(line, travel, score_lines(compared, facts, query.asking.settings)))
    return fits


def _owned_lines(query: _Query, listing_ids: Sequence[int]) -> Sequence[_OwnedLine]:
    bank_id, settings = query.asking.bank_id, query.asking.settings
    accounts = accounts_as_they_stand(bank_id).subquery()
    its_own = (HelpingWishes.bank_id == Membership.bank_id) & (HelpingWishes.member_id == Membership.id)
    lines = (
        select(
            Listing.id,
            Listing.title,
            Listing.member_id,
            Membership.code,
            Person.name,
            Area.name,
            accounts.c.balance,
            Membership.area_id,
            func.coalesce(HelpingWishes.free_parts, ANY_TIME),
            asked_since(bank_id, query.asking.now - timedelta(weeks=settings.asked_weeks)),
        )
        .join(Membership, OWNS)
        .join(accounts, accounts.c.id == Membership.account_id)
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(Area, (Area.bank_id == Listing.bank_id) & (Area.id == Listing.area_id))
        .outerjoin(HelpingWishes, its_own)
        .where(Listing.bank_id == bank_id, Listing.id.in_(listing_ids))
    )
    return fetch(query.asking.session, lines, _OwnedLine)


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
        line.balance,
        best.travel_minutes,
        line.asks,
    )
