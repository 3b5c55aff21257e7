"""The exchanges that came of a request: which of them take one of its places, and whose they are."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select
from sqlalchemy.orm import Session

from timebank.exchanges.models import Exchange
from timebank.exchanges.rules import MOVED, WAITING, State
from timebank.listings import helper_count
from timebank.listings.filling import week_of
from timebank.listings.models import Listing
from timebank.listings.queries import ListingLine
from timebank.rows import fetch
from timebank.week import DAYS_A_WEEK

#: What was agreed, recorded, or is in the books; the place of what was declined, called off or taken back is free.
TAKING = (State.ACCEPTED, *WAITING, *MOVED)


def _takes_place() -> ColumnElement[bool]:
    """Return the condition that an exchange takes a place; where it was settled that nothing happened, it does not."""
    return and_(Exchange.state.in_(TAKING), func.coalesce(Exchange.minutes, 1) > 0)


_DAY = func.coalesce(Exchange.occurred_on, Exchange.agreed_on)


def _count(today: date) -> ColumnElement[int]:
    """Return how many places of each listing of the query around it are taken.

    Of what is weekly only those of its next day count: in the seven days from today, or from its first day on. What is
    for any day of a week counts from Monday to Sunday.
    """
    starts, in_seven_days = Listing.wanted_on, today + timedelta(days=DAYS_A_WEEK - 1)
    of_this_week = or_(
        not_(Listing.every_week),
        and_(starts.is_(None), _DAY.between(*week_of(today))),
        and_(starts > today, starts <= _DAY),
        and_(starts <= today, _DAY.between(today, in_seven_days)),
    )
    query = select(func.count()).where(
        Exchange.bank_id == Listing.bank_id, Exchange.listing_id == Listing.id, _takes_place(), of_this_week
    )
    return query.correlate(Listing).scalar_subquery()


helper_count.register(_count)


class Helper(NamedTuple):
    """Who has agreed to help with a request, or has helped: their account, and the day of it."""

    listing_id: int
    exchange_code: str
    account_id: int
    day: date
    has_helped: bool


def list_helpers(
    session: Session, bank_id: int, listing_ids: Sequence[int], *, since: date | None = None
) -> Sequence[Helper]:
    """Return who takes a place of these requests, on the day `since` or later, in the order of days."""
    if not listing_ids:
        return []
    query = select(
        Exchange.listing_id,
        Exchange.code,
        Exchange.giver_account_id,
        _DAY.label("day"),
        (Exchange.state != State.ACCEPTED).label("has_helped"),
    ).where(Exchange.bank_id == bank_id, Exchange.listing_id.in_(set(listing_ids)), _takes_place())
    query = query.where(since <= _DAY) if since is not None else query
    return fetch(session, query.order_by("day", Exchange.id), Helper)


def select_helpers(bank_id: int, listing: ListingLine, day: date | None) -> Select[*tuple[Any, ...]]:
    """Return the query of the accounts that take a place of a request; of what is weekly, those on this day only."""
    query = select(Exchange.giver_account_id).where(
        Exchange.bank_id == bank_id, Exchange.listing_id == listing.id, _takes_place()
    )
    return query.where(_DAY.in_([day])) if listing.every_week and day is not None else query
