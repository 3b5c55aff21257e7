"""Recent thanks from others to the reader."""

from collections.abc import Sequence
from datetime import timedelta

from flask import g

from timebank import clock
from timebank.exchanges.queries import ExchangeRow
from timebank.exchanges.rules import Side
from timebank.exchanges.thanks import list_thanks_of
from timebank.web.extensions import db

LATELY = timedelta(days=14)
MOST = 3


def thanks_for(recent: Sequence[ExchangeRow], account_id: int) -> list[tuple[str, int, str]]:
    """Return (words, account of the sender, code of the exchange), newest first, of an account's recent exchanges."""
    by_id = {row.id: row for row in recent}
    heard = []
    for row in list_thanks_of(db.session(), g.bank.id, list(by_id), since=clock.now() - LATELY):
        exchange = by_id[row.exchange_id]
        sayer = exchange.giver_account_id if row.side == Side.GIVER else exchange.receiver_account_id
        if sayer != account_id:
            heard.append((row.words, sayer, exchange.code))
    return heard[:MOST]
