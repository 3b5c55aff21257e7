"""Requests of neighbours that a member's own offers fit."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Row, Select, bindparam, exists, select
from sqlalchemy.orm import Session

from timebank.actors import Actor
from timebank.exchanges.models import Exchange
from timebank.listings.models import Listing
from timebank.listings.queries import OWNS, can_be_found
from timebank.listings.rules import ListingKind
from timebank.matching.compared import Compared, gather, likenesses, with_what_is_compared
from timebank.matching.invitation_rules import NOT_AGAIN
from timebank.matching.models import Invitation
from timebank.matching.rules import LEAST_FITTING, Line, Offered, Order, Wanted, score_lines, total
from timebank.matching.within_reach import is_within_reach, parts_wanted, shares_a_language, travel_between
from timebank.members.helping import select_helping
from timebank.members.models import Membership, Person
from timebank.members.rules import Helping

#: So many of the newest requests that a member could be asked about are compared with their offers.
MOST_COMPARED = 500
_COLUMNS = (
    Listing.id,
    Listing.code,
    Listing.title,
    Listing.wanted_on,
    Listing.wanted_time,
    Listing.every_week,
    Listing.suits,
    Listing.in_person,
    Listing.area_id,
    Person.name,
)
_WISHES = ("free_parts", "away_from", "away_until", "farthest_minutes", "most_invitations")


@dataclass(frozen=True, slots=True)
class FittingRequest:
    """A request that a member could help with: whose it is, when, and how well their best offer fits."""

    code: str
    title: str
    name: str
    wanted_on: date | None
    wanted_time: time | None
    every_week: bool
    lines: tuple[Line, ...]


def list_fitting_requests(
    session: Session, actor: Actor, offers: Sequence[Compared], dismissed: Collection[str], *, today: date, most: int
) -> Sequence[FittingRequest]:
    """Return the requests of others that a member's offers fit, the best first, but for those with dismissed codes.

    What a member says of helping keeps none of them out: `is_within_reach`, and a language in common. Rests and how
    often they were asked this week do not count, since nobody asks them here, and balances do not either; what a reason
    counts is as usual, whatever the bank set. One that they answered or were invited to is not among them. It is one
    query, none where nothing is offered.
    """
    if not offers:
        return []
    reader = {"bank_id": actor.bank_id, "member_id": actor.membership_id, "account_id": actor.account_id}
    rows = session.execute(_select_requests(today), reader)
    requests = [
        request
        for request in gather(rows)
        if request.row.code not in dismissed
        and is_within_reach(_helping(request.row), request.row, request.row.travel_minutes, today)
    ]
    fits: list[tuple[float, Row[Any], tuple[Line, ...]]] = []
    for request, likeness in zip(requests, likenesses(offers, requests).T, strict=True):
        lines = _score(request, offers, likeness.tolist(), today)
        if total(lines, Order.WORDS) >= LEAST_FITTING:
            fits.append((total(lines), request.row, lines))
    best = sorted(fits, key=lambda fit: (-fit[0], -fit[1].id))[:most]
    return [_fitting_request(row, lines) for _total, row, lines in best]


@lru_cache(maxsize=4)  # to put it together takes longer than to ask it
def _select_requests(today: date) -> Select[*tuple[Any, ...]]:
    """Return the query of requests that others find, with the columns of their owner, the way, and the member's wishes.

    Left out are those of members with whom the member shares no language, and those that they answered or were invited
    to. Its parameters are bank_id, member_id and account_id.
    """
    bank_id, member_id = bindparam("bank_id", type_=BigInteger), bindparam("member_id", type_=BigInteger)
    answered = exists().where(
        Exchange.bank_id == bank_id,
        Exchange.listing_id == Listing.id,
        Exchange.giver_account_id == bindparam("account_id"),
    )
    invited = exists().where(
        Invitation.bank_id == bank_id,
        Invitation.listing_id == Listing.id,
        Invitation.member_id == member_id,
        Invitation.state.in_(NOT_AGAIN),
    )
    newest = (
        select(Listing.id)
        .join(Membership, OWNS)
        .where(
            Listing.bank_id == bank_id,
            Listing.kind == ListingKind.REQUEST,
            can_be_found(today),
            Membership.is_holder.is_(False),
            Membership.id != member_id,
            shares_a_language(bank_id, member_id),
            ~answered.correlate(Listing),
            ~invited.correlate(Listing),
        )
        .order_by(Listing.listed_at.desc(), Listing.id.desc())
        .limit(MOST_COMPARED)
    )
    helping = select_helping(bank_id).add_columns(Membership.area_id.label("lives_in"))
    wishes = helping.where(Membership.id == member_id).subquery()
    query = (
        select(
            *_COLUMNS,
            travel_between(bank_id, wishes.c.lives_in, Listing.area_id).label("travel_minutes"),
            *(wishes.c[name] for name in _WISHES),
        )
        .join(Membership, OWNS)
        .join(Person, Person.id == Membership.person_id)
        .join(wishes, wishes.c.member_id == member_id)
        .where(Listing.bank_id == bank_id, Listing.id.in_(newest))
    )
    return with_what_is_compared(query).order_by(Listing.id.desc())


def _helping(row: Row[Any]) -> Helping:
    return Helping(*(getattr(row, name) for name in _WISHES))


def _score(request: Compared, offers: Sequence[Compared], likeness: Sequence[float], today: date) -> tuple[Line, ...]:
    """Return the lines of the score of the offer that fits best, but for the balance, which nobody else is told of.

    An offer of another main kind, whose words are not alike enough, cannot fit.
    """
    row = request.row
    compared = Wanted(request.kinds, request.groups, parts_wanted(row, today))
    travel = row.travel_minutes if row.in_person else None
    scores = (
        score_lines(compared, Offered(alike, offer.kinds, offer.groups, travel, row.free_parts))
        for offer, alike in zip(offers, likeness, strict=True)
        if alike >= LEAST_FITTING or not offer.groups.isdisjoint(request.groups)
    )
    return max(scores, key=total, default=())


def _fitting_request(row: Row[Any], lines: tuple[Line, ...]) -> FittingRequest:
    return FittingRequest(row.code, row.title, row.name, row.wanted_on, row.wanted_time, row.every_week, lines)
