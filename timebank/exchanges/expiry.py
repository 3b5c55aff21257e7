"""Recorded help that nobody answers for a long time comes to an end: no hours move, and what was held is free again.

A broker is asked to look at it, so that nobody's hours get lost in silence. A dispute never ends by itself.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.actors import Unattended
from timebank.banks.models import Bank
from timebank.exchanges.deeds import begin, release_hours
from timebank.exchanges.locked import lock, take_step
from timebank.exchanges.models import Exchange
from timebank.exchanges.rules import TRANSITIONS, Deed, State
from timebank.exchanges.telling import tell_of
from timebank.references import Ref, Subject
from timebank.tasks.actions import open_task
from timebank.tasks.rules import TaskKind


def expire(session: Session, bank: Bank, *, now: datetime) -> int:
    """Cancel what has waited longer than the bank's `waiting_days`; return the number of these exchanges.

    Each is looked at again under its lock, since its other side may answer at this very moment.
    """
    since = now - timedelta(days=bank.waiting_days)
    codes = session.scalars(
        select(Exchange.code)
        .where(Exchange.bank_id == bank.id, Exchange.state == State.RECORDED, Exchange.changed_at <= since)
        .order_by(Exchange.id)
    ).all()
    sweep = Unattended(bank.id, now)
    return sum(_expire_one(session, code, sweep) for code in codes)


def _expire_one(session: Session, code: str, sweep: Unattended) -> bool:
    exchange = lock(session, sweep.bank_id, code)
    if exchange.state != State.RECORDED:  # its other side answered just now
        return False
    begin(session, sweep, Deed.EXPIRE, code)
    exchange.state = TRANSITIONS[State.RECORDED, Deed.EXPIRE]
    take_step(session, exchange, Deed.EXPIRE, sweep, exchange.minutes)
    release_hours(session, exchange, sweep.now)
    tell_of(session, exchange, Deed.EXPIRE, sweep)
    open_task(session, sweep.bank_id, kind=TaskKind.NOBODY_ANSWERED, subject=Ref(Subject.EXCHANGE, code), now=sweep.now)
    return True
