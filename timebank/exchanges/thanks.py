"""A line of thanks after an exchange. Each side may write one, and the other reads it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from timebank.exchanges import rules
from timebank.exchanges.errors import NothingSaidError, NotYoursError, OwnExchangeError, ThankedAlreadyError
from timebank.exchanges.locked import lock
from timebank.exchanges.models import Exchange, ThankYou
from timebank.exchanges.rules import Side
from timebank.members.rules import Actor
from timebank.trail import actions as trail

LONGEST_WORDS = 200


def thank(session: Session, code: str, *, words: str, by: Actor, now: datetime, form_key: str | None = None) -> None:
    """Say thank you for an exchange, in at most LONGEST_WORDS letters.

    Raises NothingSaidError, NotYoursError, OwnExchangeError or ThankedAlreadyError.
    """
    said = " ".join(words.split())[:LONGEST_WORDS]
    if not said:
        raise NothingSaidError
    row = trail.Deed(
        by.bank_id,
        "exchange.thanked",
        f"exchange:{code}",
        by.doer_id,
        now,
        on_behalf_of=by.on_behalf_of,
        form_key=form_key,
        content={"words": said},
    )
    if trail.begin(session, row) is not None:
        return
    exchange = lock(session, by.bank_id, code)
    standing = exchange.standing()
    side = standing.side_of(by.account_id)
    if rules.is_of_the_hand(standing, by):
        raise OwnExchangeError
    if side is None or not rules.may_thank(standing, by):
        raise NotYoursError
    if session.get(ThankYou, (by.bank_id, exchange.id, side)) is not None:
        raise ThankedAlreadyError
    session.add(
        ThankYou(bank_id=by.bank_id, exchange_id=exchange.id, side=side, words=said, said_by=by.doer_id, said_at=now)
    )
    session.flush()


def list_thanks(session: Session, exchange: Exchange) -> dict[Side, str]:
    """{who said it: the words} of an exchange."""
    rows = session.execute(
        select(ThankYou.side, ThankYou.words).where(
            ThankYou.bank_id == exchange.bank_id, ThankYou.exchange_id == exchange.id
        )
    )
    return {Side(row.side): row.words for row in rows}


def list_thanks_of(
    session: Session, bank_id: int, exchange_ids: Sequence[int], *, since: datetime
) -> Sequence[Row[int, str, str]]:
    """(exchange_id, side, words) said since then about these exchanges, newest first."""
    return session.execute(
        select(ThankYou.exchange_id, ThankYou.side, ThankYou.words)
        .where(ThankYou.bank_id == bank_id, ThankYou.exchange_id.in_(exchange_ids), ThankYou.said_at >= since)
        .order_by(ThankYou.said_at.desc())
    ).all()
