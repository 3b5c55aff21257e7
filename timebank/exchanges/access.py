"""Who may see an exchange, its reversal or a draft: fetch and authorize in one call, for pages and programs alike."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from timebank.actors import Actor
from timebank.errors import NotPermittedError, NotVisibleError
from timebank.exchanges import drafts
from timebank.exchanges.deeds import list_hands
from timebank.exchanges.models import Draft, Exchange, Reversal
from timebank.exchanges.queries import find_exchange, find_reversal, get_exchange_by_id
from timebank.exchanges.rules import may_see, took_part


def get_visible(session: Session, actor: Actor, code: str) -> Exchange:
    """Return the exchange, for its two sides and for those who look after the bank. Raises NotVisibleError."""
    exchange = find_exchange(session, actor.bank_id, code)
    if exchange is None or not may_see(exchange.snapshot(), actor):
        raise NotVisibleError(code)
    return exchange


def get_own(session: Session, actor: Actor, code: str) -> Exchange:
    """Return the exchange, for its two sides.

    Raises NotVisibleError, or NotPermittedError for those who may only look at it.
    """
    exchange = get_visible(session, actor, code)
    if exchange.snapshot().side_of(actor.account_id) is None:
        raise NotPermittedError(code)
    return exchange


def get_for_draft(session: Session, actor: Actor, code: str) -> Exchange:
    """Return the exchange that a draft begins from, for its two sides. Raises NotVisibleError for everybody else."""
    exchange = find_exchange(session, actor.bank_id, code)
    if exchange is None or exchange.snapshot().side_of(actor.account_id) is None:
        raise NotVisibleError(code)
    return exchange


def get_to_decide(session: Session, actor: Actor, code: str) -> tuple[Exchange, Sequence[int]]:
    """Return the exchange, for who took no part in it, and the memberships of brokers who acted for a side.

    Raises NotVisibleError, or NotPermittedError for who gave, received or acted for a side.
    """
    exchange = get_visible(session, actor, code)
    hands = list_hands(session, actor.bank_id, exchange.id)
    if took_part(exchange.snapshot(), actor, hands):
        raise NotPermittedError(code)
    return exchange, hands


def get_visible_reversal(session: Session, actor: Actor, code: str) -> tuple[Reversal, Exchange]:
    """Return the reversal and its exchange, for whoever may see the exchange. Raises NotVisibleError."""
    reversal = find_reversal(session, actor.bank_id, code)
    if reversal is None:
        raise NotVisibleError(code)
    exchange = get_exchange_by_id(session, actor.bank_id, reversal.exchange_id)
    if not may_see(exchange.snapshot(), actor):
        raise NotVisibleError(code)
    return reversal, exchange


def get_draft(session: Session, actor: Actor, code: str) -> Draft:
    """Return the actor's own draft. Raises NotVisibleError."""
    draft = drafts.find(session, actor, code)
    if draft is None:
        raise NotVisibleError(code)
    return draft
