"""Recorded help that nobody answers for a long time comes to an end: no hours move, and what was held is free again.

A broker is asked to look at it, so that nobody's hours get lost in silence. A dispute never ends by itself.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.banks.models import Bank
from timebank.exchanges.locked import deed_of, lock, take_step
from timebank.exchanges.models import Exchange
from timebank.exchanges.rules import TRANSITIONS, Deed, State
from timebank.exchanges.steps import release_hours
from timebank.tasks.actions import open_task
from timebank.tasks.rules import Kind
from timebank.trail import actions as trail


def expire(session: Session, bank: Bank, *, now: datetime) -> int:
    """End what has waited longer than the bank's `waiting_days`; gives how many exchanges those were.

    Each is looked at again under its lock, since its other side may answer at this very moment.
    """
    since = now - timedelta(days=bank.waiting_days)
    codes = session.scalars(
        select(Exchange.code)
        .where(Exchange.bank_id == bank.id, Exchange.state == State.RECORDED, Exchange.changed_at <= since)
        .order_by(Exchange.id)
    ).all()
    return sum(_expire_one(session, bank, code, now) for code in codes)


def _expire_one(session: Session, bank: Bank, code: str, now: datetime) -> bool:
    exchange = lock(session, bank.id, code)
    if exchange.state != State.RECORDED:  # its other side answered just now
        return False
    trail.begin(session, trail.Deed(bank.id, f"exchange.{Deed.EXPIRE}", deed_of(code), None, now))
    exchange.state = TRANSITIONS[State.RECORDED, Deed.EXPIRE]
    take_step(session, exchange, Deed.EXPIRE, None, now, exchange.minutes)
    release_hours(session, exchange, now)
    open_task(session, bank.id, kind=Kind.NOBODY_ANSWERED, subject=deed_of(code), now=now)
    return True
