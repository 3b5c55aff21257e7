"""A broker's hand in an exchange: for whom they acted, how those told them, and what there is to show for it.

One broker acts for both sides only with evidence for each, and a slip that both have signed is evidence for both.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.exchanges.errors import EvidenceMissingError, OwnExchangeError
from timebank.exchanges.locked import Locked
from timebank.exchanges.models import ExchangeStep
from timebank.exchanges.rules import Deed
from timebank.exchanges.terms import Terms
from timebank.members.rules import Actor

#: What somebody says for a side about hours that are to move; a dispute names its own, which the other agrees to.
_WORD_GIVEN = (Deed.RECORD, Deed.CONFIRM, Deed.DISPUTE, Deed.AGREE)


def list_hands(session: Session, bank_id: int, exchange_id: int) -> Sequence[int]:
    """The memberships of all brokers who acted for a side of this exchange."""
    acted = session.scalars(
        select(ExchangeStep.done_by)
        .where(
            ExchangeStep.bank_id == bank_id,
            ExchangeStep.exchange_id == exchange_id,
            ExchangeStep.on_behalf_of.is_not(None),
        )
        .distinct()
    )
    return [hand for hand in acted if hand is not None]


def check_own(by: Actor, terms: Terms) -> None:
    """Nobody acts for the other side of their own exchange. Raises OwnExchangeError."""
    if by.hand is not None and by.hand.account_id in {terms.giver_account_id, terms.receiver_account_id}:
        raise OwnExchangeError


def check_evidence(session: Session, exchange: Locked, by: Actor) -> None:
    """A broker who gave one side's word gives the other's only with evidence for each. Raises EvidenceMissingError."""
    if by.hand is None:
        return
    evidence = session.scalars(
        select(ExchangeStep.evidence).where(
            ExchangeStep.bank_id == exchange.bank_id,
            ExchangeStep.exchange_id == exchange.id,
            ExchangeStep.done_by == by.hand.membership_id,
            ExchangeStep.on_behalf_of != by.membership_id,
            ExchangeStep.deed.in_(_WORD_GIVEN),
        )
    ).all()
    if evidence and not (all(evidence) and by.hand.evidence):
        raise EvidenceMissingError
