"""What others thanked the reader for, lately."""

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
    """(words, account that said them, code of the exchange), newest first, of an account's recent exchanges."""
    by_id = {row.id: row for row in recent}
    heard = []
    for said in list_thanks_of(db.session(), g.bank.id, list(by_id), since=clock.now() - LATELY):
        row = by_id[said.exchange_id]
        sayer = row.giver_account_id if said.side == Side.GIVER else row.receiver_account_id
        if sayer != account_id:
            heard.append((said.words, sayer, row.code))
    return heard[:MOST]
