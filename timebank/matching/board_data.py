"""What the board compares, read in a fixed number of queries: open requests, members who may be asked, their offers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from timebank.actors import Standing
from timebank.banks.queries import list_all_travel
from timebank.bookkeeping.audit_queries import accounts_as_they_stand
from timebank.exchanges.of_requests import list_helpers
from timebank.listings.filling import next_day, places_left
from timebank.listings.meanings import Models, find_models
from timebank.listings.models import Listing, ListingCategory, ListingMeaning
from timebank.listings.queries import OWNS, WholeListing, can_be_found, get_tree, list_open_requests
from timebank.listings.rules import Life, ListingKind
from timebank.listings.tree import Tree
from timebank.matching.asks import is_none_of, is_rested, select_asks
from timebank.matching.invitation_rules import A_WEEK, NOT_AGAIN, STANDING, InvitationState, parts_of
from timebank.matching.models import Invitation
from timebank.matching.queries import ITS_REQUEST
from timebank.matching.rules_of_banks import find_settings
from timebank.matching.settings import MatchingSettings
from timebank.members.helping import select_helping
from timebank.members.models import Membership, Person, SpokenLanguage
from timebank.rows import fetch
from timebank.words.likeness import from_bytes


class BoardMember(NamedTuple):
    """Somebody who may be asked something: their wishes, and how often they were invited in the bank's weeks.

    `room` is how many more invitations they want this week; `balance` is in minutes.
    """

    id: int
    code: str
    name: str
    account_id: int
    area_id: int | None
    free_parts: int
    away_from: date | None
    away_until: date | None
    farthest_minutes: int | None
    room: int
    asks: int
    balance: int


class BoardOffer(NamedTuple):
    """An offer of one of the members, who is named by their place among them."""

    id: int
    title: str
    owner: int
    kinds: tuple[int, ...]


@dataclass(frozen=True)
class BoardData:
    """All that is compared. `vectors` has a row for each offer; offers are sorted by owner, then by id.

    `languages` and `kinds_of` are {membership id: codes} and {listing id: category ids}; `asked` is {listing id:
    {membership id: days they were asked about}}; `sent` is {listing id: how many invitations wait for an answer}.
    `travel` is {area id: {other area's id: minutes}}. `busy` is {membership id: days and their parts for which they
    were asked or said yes}; `helping` is {listing id: {account id: days on which they help with it}}. `today` is where
    the bank is.
    """

    bank_id: int
    now: datetime
    today: date
    models: Models
    tree: Tree
    settings: MatchingSettings
    requests: Sequence[WholeListing]
    members: Sequence[BoardMember]
    offers: Sequence[BoardOffer]
    vectors: np.ndarray
    languages: Mapping[int, frozenset[str]]
    kinds_of: Mapping[int, tuple[int, ...]]
    travel: Mapping[int, Mapping[int, int]]
    asked: Mapping[int, Mapping[int, frozenset[date | None]]]
    sent: Mapping[int, int]
    busy: Mapping[int, frozenset[tuple[date, int]]]
    helping: Mapping[int, Mapping[int, frozenset[date]]]

    def need(self, request: WholeListing) -> int:
        """Return how many places of a request nobody was asked about yet."""
        return max(0, places_left(request) - self.sent.get(request.id, 0))


def read_board(
    session: Session, bank_id: int, *, now: datetime, today: date, barred: Collection[int] = ()
) -> BoardData:
    """Return all that a board compares; the memberships in `barred` are asked about nothing."""
    settings, models = find_settings(session, bank_id), find_models(session, bank_id)
    members = fetch(session, _select_members(bank_id, now, settings, barred), BoardMember)
    kinds_of = _list_kinds(session, bank_id)
    offers, vectors = _list_offers(session, bank_id, models, members, kinds_of, today)
    asked, sent, busy = _list_asked(session, bank_id, now)
    requests = list_open_requests(session, bank_id, today=today)
    return BoardData(
        bank_id=bank_id,
        now=now,
        today=today,
        models=models,
        tree=get_tree(session, bank_id),
        settings=settings,
        requests=sorted(requests, key=lambda request: next_day(request, today) or date.max),
        members=members,
        offers=offers,
        vectors=vectors,
        languages=_list_languages(session, bank_id),
        kinds_of=kinds_of,
        travel=list_all_travel(session, bank_id),
        asked=asked,
        sent=sent,
        busy=busy,
        helping=_list_helping(session, bank_id, [request.id for request in requests]),
    )


def _select_members(
    bank_id: int, now: datetime, settings: MatchingSettings, barred: Collection[int]
) -> Select[*tuple[Any, ...]]:
    """Return the query of the members who may be asked something, whatever it is about."""
    helping, asks = select_helping(bank_id).subquery(), select_asks(bank_id, now, settings).subquery()
    accounts = accounts_as_they_stand(bank_id).subquery()
    room = helping.c.most_invitations - func.coalesce(asks.c.this_week, 0)
    return (
        select(
            Membership.id,
            Membership.code,
            Person.name,
            Membership.account_id,
            Membership.area_id,
            helping.c.free_parts,
            helping.c.away_from,
            helping.c.away_until,
            helping.c.farthest_minutes,
            room.label("room"),
            func.coalesce(asks.c.lately, 0),
            accounts.c.balance,
        )
        .join(Person, Person.id == Membership.person_id)
        .join(helping, helping.c.member_id == Membership.id)
        .outerjoin(asks, asks.c.member_id == Membership.id)
        .join(accounts, accounts.c.id == Membership.account_id)
        .where(
            Membership.bank_id == bank_id,
            Membership.standing == Standing.ACTIVE,
            Membership.is_holder.is_(False),
            room > 0,
            is_none_of(barred),
            is_rested(bank_id, now, settings),
        )
        .order_by(Membership.id)
    )


def _list_kinds(session: Session, bank_id: int) -> dict[int, tuple[int, ...]]:
    """Return {id of an open listing: ids of its categories, ascending}."""
    its_own = (Listing.bank_id == ListingCategory.bank_id) & (Listing.id == ListingCategory.listing_id)
    rows = session.execute(
        select(ListingCategory.listing_id, ListingCategory.category_id)
        .join(Listing, its_own)
        .where(ListingCategory.bank_id == bank_id, Listing.life == Life.OPEN)
        .order_by(ListingCategory.listing_id, ListingCategory.category_id)
    )
    kinds: dict[int, tuple[int, ...]] = {}
    for listing_id, category_id in rows:
        kinds[listing_id] = (*kinds.get(listing_id, ()), category_id)
    return kinds


def _list_offers(
    session: Session,
    bank_id: int,
    models: Models,
    members: Sequence[BoardMember],
    kinds_of: Mapping[int, tuple[int, ...]],
    today: date,
) -> tuple[Sequence[BoardOffer], np.ndarray]:
    """Return the offers of these members that others can find, and their vectors."""
    index_of = {member.id: index for index, member in enumerate(members)}
    of_listing = (ListingMeaning.bank_id == Listing.bank_id) & (ListingMeaning.listing_id == Listing.id)
    rows = session.execute(
        select(Listing.id, Listing.title, Listing.member_id, ListingMeaning.vector)
        .join(ListingMeaning, of_listing)
        .join(Membership, OWNS)
        .where(
            Listing.bank_id == bank_id,
            Listing.kind == ListingKind.OFFER,
            ListingMeaning.version == models.version,
            can_be_found(today),
        )
        .order_by(Listing.member_id, Listing.id)
    ).all()
    rows = [row for row in rows if row.member_id in index_of]
    offers = [BoardOffer(row.id, row.title, index_of[row.member_id], kinds_of.get(row.id, ())) for row in rows]
    return offers, from_bytes([row.vector for row in rows]) if rows else np.zeros((0, 0), dtype=np.float32)


def _list_languages(session: Session, bank_id: int) -> dict[int, frozenset[str]]:
    rows = session.execute(
        select(SpokenLanguage.member_id, SpokenLanguage.language).where(SpokenLanguage.bank_id == bank_id)
    )
    languages: dict[int, frozenset[str]] = {}
    for member_id, language in rows:
        languages[member_id] = languages.get(member_id, frozenset()) | {language}
    return languages


def _list_asked(
    session: Session, bank_id: int, now: datetime
) -> tuple[dict[int, dict[int, frozenset[date | None]]], dict[int, int], dict[int, frozenset[tuple[date, int]]]]:
    """Return `asked`, `sent` and `busy` of BoardData; an invitation that stands is one for any day."""
    is_weekly = (Listing.every_week & Listing.wanted_on.is_(None)).label("is_weekly")
    columns = (Invitation.listing_id, Invitation.member_id, Invitation.day, Invitation.at, Invitation.state)
    rows = session.execute(
        select(*columns, Invitation.chosen_at, is_weekly)
        .join(Listing, ITS_REQUEST)
        .where(Invitation.bank_id == bank_id, Invitation.state.in_(NOT_AGAIN), Listing.life == Life.OPEN)
    )
    asked: dict[int, dict[int, frozenset[date | None]]] = {}
    busy: dict[int, frozenset[tuple[date, int]]] = {}
    sent: dict[int, int] = {}
    for row in rows:
        stands = row.state in STANDING
        if stands or not row.is_weekly or row.chosen_at > now - A_WEEK:
            days = asked.setdefault(row.listing_id, {})
            days[row.member_id] = days.get(row.member_id, frozenset()) | {None if stands else row.day}
        if row.day is not None and row.at is not None and (stands or row.state == InvitationState.YES):
            busy[row.member_id] = busy.get(row.member_id, frozenset()) | {(row.day, parts_of(row.day, row.at))}
        sent[row.listing_id] = sent.get(row.listing_id, 0) + (row.state == InvitationState.SENT)
    return asked, sent, busy


def _list_helping(session: Session, bank_id: int, listing_ids: Sequence[int]) -> dict[int, dict[int, frozenset[date]]]:
    """Return {listing id: {account id: days}} of who has agreed to help with these requests, or has helped."""
    helping: dict[int, dict[int, frozenset[date]]] = {}
    for helper in list_helpers(session, bank_id, listing_ids):
        days = helping.setdefault(helper.listing_id, {})
        days[helper.account_id] = days.get(helper.account_id, frozenset()) | {helper.day}
    return helping
