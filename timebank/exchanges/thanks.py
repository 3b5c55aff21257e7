"""A line of thanks after an exchange. Each side may write one, and the other reads it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.actors import Doing
from timebank.exchanges import rules
from timebank.exchanges.deeds import refuse_interested
from timebank.exchanges.errors import NothingSaidError, NotYoursError, ThankedAlreadyError
from timebank.exchanges.locked import lock
from timebank.exchanges.models import Exchange, ThankYou
from timebank.exchanges.rules import Side
from timebank.references import DeedName, Ref, Subject
from timebank.rows import columns_of, fetch
from timebank.spelling import tidy
from timebank.trail import actions as trail

LONGEST_WORDS = 200


def thank(session: Session, code: str, doing: Doing, *, words: str) -> None:
    """Say thank you for an exchange, in at most LONGEST_WORDS letters.

    Raises NothingSaidError, NotYoursError, OwnExchangeError or ThankedAlreadyError.
    """
    line = tidy(words)[:LONGEST_WORDS]
    if not line:
        raise NothingSaidError
    subject = Ref(Subject.EXCHANGE, code)
    if trail.is_repeat(session, doing, DeedName.EXCHANGE_THANKED, subject, {"words": line}):
        return
    by = doing.by
    exchange = lock(session, by.bank_id, code)
    standing = exchange.snapshot()
    side = standing.side_of(by.account_id)
    refuse_interested(standing, by)
    if side is None or not rules.may_thank(standing, by):
        raise NotYoursError
    if session.get(ThankYou, (by.bank_id, exchange.id, side)) is not None:
        raise ThankedAlreadyError
    row = ThankYou(
        bank_id=by.bank_id, exchange_id=exchange.id, side=side, words=line, said_by=by.doer_id, said_at=doing.now
    )
    session.add(row)
    session.flush()


def list_thanks(session: Session, exchange: Exchange) -> dict[Side, str]:
    """Return {side that wrote it: its words} of an exchange."""
    rows = session.execute(
        select(ThankYou.side, ThankYou.words).where(
            ThankYou.bank_id == exchange.bank_id, ThankYou.exchange_id == exchange.id
        )
    )
    return {Side(row.side): row.words for row in rows}


class Thanks(NamedTuple):
    """A line of thanks: the exchange that it is for, the side that wrote it, and its words."""

    exchange_id: int
    side: str
    words: str


def list_thanks_of(session: Session, bank_id: int, exchange_ids: Sequence[int], *, since: datetime) -> list[Thanks]:
    """Return the thanks written since then for these exchanges, newest first."""
    query = select(*columns_of(ThankYou, Thanks)).where(
        ThankYou.bank_id == bank_id, ThankYou.exchange_id.in_(exchange_ids), ThankYou.said_at >= since
    )
    return fetch(session, query.order_by(ThankYou.said_at.desc()), Thanks)
