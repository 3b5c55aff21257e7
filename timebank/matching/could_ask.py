"""Kinds of help that a member could ask for, because neighbours offer them."""

from collections.abc import Collection, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Integer, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from timebank.actors import Actor
from timebank.exchanges.models import Exchange
from timebank.listings.models import Category, Listing, ListingCategory
from timebank.listings.queries import OWNS, can_be_found
from timebank.listings.rules import ListingKind
from timebank.matching.suggestion_rules import NEAR_MINUTES, SEVERAL_NEIGHBOURS
from timebank.matching.within_reach import shares_a_language, travel_between
from timebank.members.models import Membership

#: So many of the newest offers of neighbours are counted.
MOST_LOOKED_AT = 1000


class OfferedKind(NamedTuple):
    """A kind of help that a bank uses, and how many neighbours offer it."""

    key: str
    name: str
    neighbours: int


def list_kinds_to_ask_for(
    session: Session, actor: Actor, own_kinds: Collection[int], dismissed: Collection[str], *, today: date, most: int
) -> Sequence[OfferedKind]:
    """Return the kinds that several neighbours near a member offer, those of most neighbours first; in one query.

    Left out are `own_kinds`, those with dismissed keys, and those that the member has received. Near is who lives
    within NEAR_MINUTES, or helps by phone or online; of a member without an area everybody.
    """
    parameters = {
        "bank_id": actor.bank_id,
        "member_id": actor.membership_id,
        "account_id": actor.account_id,
        "own_kinds": sorted(own_kinds),
        "dismissed": sorted(dismissed),
        "most": most,
    }
    return [OfferedKind(*row) for row in session.execute(_select_kinds(today), parameters)]


@lru_cache(maxsize=4)  # to put it together takes longer than to ask it
def _select_kinds(today: date) -> Select[*tuple[Any, ...]]:
    """Return the query of these kinds, with the columns of OfferedKind; it has the parameters that are given to it."""
    bank_id, member_id = bindparam("bank_id", type_=BigInteger), bindparam("member_id", type_=BigInteger)
    main, own = aliased(Category), aliased(Membership)
    area_id = select(own.area_id).where(own.bank_id == bank_id, own.id == member_id).scalar_subquery()
    is_near = travel_between(bank_id, area_id, Membership.area_id) <= NEAR_MINUTES
    speaking = select(Membership.id).where(Membership.bank_id == bank_id, shares_a_language(bank_id, member_id))
    near = select(Membership.id).where(Membership.bank_id == bank_id, is_near)
    received = select(Exchange.category_id).where(
        Exchange.bank_id == bank_id,
        Exchange.receiver_account_id == bindparam("account_id"),
        Exchange.category_id.is_not(None),
    )
    newest = (
        select(Listing.id, Listing.member_id)
        .join(Membership, OWNS)
        .where(
            Listing.bank_id == bank_id,
            Listing.kind == ListingKind.OFFER,
            can_be_found(today),
            Membership.is_holder.is_(False),
            Membership.id != member_id,
            Membership.id.in_(speaking.correlate(None)),
            or_(area_id.is_(None), ~Listing.in_person, Membership.id.in_(near.correlate(None))),
        )
        .order_by(Listing.listed_at.desc(), Listing.id.desc())
        .limit(MOST_LOOKED_AT)
        .subquery()
    )
    filed = and_(ListingCategory.bank_id == bank_id, ListingCategory.listing_id == newest.c.id)
    neighbours = func.count(newest.c.member_id.distinct())
    return (
        select(Category.key, Category.name, neighbours)
        .select_from(newest)
        .join(ListingCategory, filed)
        .join(Category, and_(Category.bank_id == bank_id, Category.id == ListingCategory.category_id))
        .join(main, and_(main.bank_id == bank_id, main.id == Category.parent_id))
        .where(
            Category.retired_at.is_(None),
            main.retired_at.is_(None),
            Category.key.is_not(None),
            Category.id.not_in(bindparam("own_kinds", expanding=True)),
            Category.key.not_in(bindparam("dismissed", expanding=True)),
            Category.id.not_in(received),
        )
        .group_by(Category.id, Category.key, Category.name, main.position, Category.position)
        .having(neighbours >= SEVERAL_NEIGHBOURS)
        .order_by(neighbours.desc(), main.position, Category.position, Category.id)
        .limit(bindparam("most", type_=Integer))
    )
