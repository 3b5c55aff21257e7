"""How often an account gave and received help, for what a member is reminded of."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from timebank.exchanges.models import Exchange
from timebank.exchanges.rules import MOVED, OPEN


class BothWays(NamedTuple):
    """How often an account gave and received help; and whether help for it was asked for, agreed or given of late."""

    given: int
    received: int
    is_helped_lately: bool


def count_both_ways(session: Session, bank_id: int, account_id: int, *, since: date, lately: date) -> BothWays:
    """Return how often an account gave and received confirmed help from the day `since` on, and helped from `lately`.

    Help that was taken back, or settled at nothing, does not count.
    """
    helped = exists().where(
        Exchange.bank_id == bank_id,
        Exchange.receiver_account_id == account_id,
        Exchange.state.in_((*OPEN, *MOVED)),
        func.coalesce(Exchange.occurred_on, Exchange.agreed_on) >= lately,
    )
    counts = [
        _count(bank_id, side, account_id, since).scalar_subquery()
        for side in (Exchange.giver_account_id, Exchange.receiver_account_id)
    ]
    row = session.execute(
        select(counts[0].label("given"), counts[1].label("received"), helped.label("is_helped"))
    ).one()
    return BothWays(row.given, row.received, bool(row.is_helped))


def _count(bank_id: int, side: InstrumentedAttribute[int], account_id: int, since: date) -> Select[int]:
    return select(func.count()).where(
        Exchange.bank_id == bank_id,
        side == account_id,
        Exchange.state.in_(MOVED),
        Exchange.minutes > 0,
        Exchange.occurred_on >= since,
    )
