"""Reading what is on record at the end of a simulated year, for its figures."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, func, select

from timebank.bookkeeping.queries import list_accounts
from timebank.clock import local_day
from timebank.exchanges.models import Exchange, ExchangeStep
from timebank.exchanges.rules import MOVED, Deed, Side
from timebank.matching.models import Invitation
from timebank.members.models import Membership
from timebank.simulation.figures import AskedRequest, DoneExchange, YearOnRecord
from timebank.simulation.helping import Life
from timebank.simulation.settling import FIRST_DAY, TIME_ZONE, day_of


def read_year(life: Life) -> YearOnRecord:
    """Return what is on record. The requests of the first day are not among those that are counted."""
    session, settled = life.settled.session, life.settled
    accounts = [actor.account_id for actor in settled.members]
    balances = list_accounts(session, settled.bank.id, accounts)
    agreed_on = _agreed_on(life)
    return YearOnRecord(
        first_day=FIRST_DAY,
        days=life.script.days,
        requests=[
            AskedRequest(day_of(wish.day), agreed_on.get(life.ids[wish.number]))
            for wish in life.script.wishes
            if wish.day > 0
        ],
        exchanges=_exchanges(life),
        balances=[balances[account].balance for account in accounts],
        invitations=session.scalar(select(func.count()).select_from(Invitation).where(*_is_sent(settled.bank.id))) or 0,
        asked=_asked(life),
    )


def _agreed_on(life: Life) -> dict[int, date]:
    """Return {listing id: the day on which the first help with it that came about was agreed}."""
    settled = life.settled
    rows = settled.session.execute(
        select(Exchange.listing_id, func.min(ExchangeStep.done_at))
        .join(ExchangeStep, (ExchangeStep.bank_id == Exchange.bank_id) & (ExchangeStep.exchange_id == Exchange.id))
        .where(
            Exchange.bank_id == settled.bank.id,
            Exchange.listing_id.is_not(None),
            Exchange.state.in_(MOVED),
            ExchangeStep.deed == Deed.ACCEPT,
        )
        .group_by(Exchange.listing_id)
    )
    return {id_: local_day(agreed_at, TIME_ZONE) for id_, agreed_at in rows if id_ is not None}


def _exchanges(life: Life) -> Sequence[DoneExchange]:
    """Return the exchanges whose hours moved; who gave and received by their accounts."""
    bank_id = life.settled.bank.id
    its_own = (Invitation.bank_id == Exchange.bank_id) & (Invitation.exchange_id == Exchange.id)
    rows = life.settled.session.execute(
        select(Exchange.giver_account_id, Exchange.receiver_account_id, Invitation.id)
        .outerjoin(Invitation, its_own)
        .where(Exchange.bank_id == bank_id, Exchange.state.in_(MOVED))
    )
    return [DoneExchange(giver, receiver, invitation is not None) for giver, receiver, invitation in rows]


def _asked(life: Life) -> Sequence[int]:
    """Return the account of a member for each time that a broker or another member asked them to help."""
    session, bank_id = life.settled.session, life.settled.bank.id
    its_own = (Membership.bank_id == Invitation.bank_id) & (Membership.id == Invitation.member_id)
    by_broker = select(Membership.account_id).join(Invitation, its_own).where(*_is_sent(bank_id))
    agreed_by_invitation = select(Invitation.exchange_id).where(
        Invitation.bank_id == bank_id, Invitation.exchange_id.is_not(None)
    )
    by_member = select(Exchange.giver_account_id).where(
        Exchange.bank_id == bank_id,
        Exchange.proposed_side == Side.RECEIVER,
        Exchange.id.not_in(agreed_by_invitation),
    )
    return [*session.scalars(by_broker), *session.scalars(by_member)]


def _is_sent(bank_id: int) -> Sequence[ColumnElement[bool]]:
    return Invitation.bank_id == bank_id, Invitation.asked_at.is_not(None)
