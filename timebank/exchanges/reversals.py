"""Taking an exchange back: a coordinator proposes it with a reason, and both sides agree or a second approver does.

The reversal is a new entry; what was written stays. The right hours follow as an exchange of their own.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.banks.models import Bank
from timebank.bookkeeping.queries import find_entry_id
from timebank.bookkeeping.reversing import reverse
from timebank.exchanges import rules
from timebank.exchanges.errors import NotNowError, NotYoursError, ReasonMissingError, ReversalStandsError
from timebank.exchanges.hands import list_hands
from timebank.exchanges.locked import Locked, lock, take_step
from timebank.exchanges.models import Exchange, Reversal
from timebank.exchanges.rules import TRANSITIONS, Deed, Side, State
from timebank.exchanges.soft_limits import notice_crossings
from timebank.exchanges.steps import entry_key
from timebank.ledger.entries import Line
from timebank.members.rules import Actor, may_approve
from timebank.trail import actions as trail


def propose(session: Session, code: str, *, reason: str, by: Actor, now: datetime, form_key: str | None = None) -> str:
    """Propose to take the exchange with this code back; gives the reversal's code.

    Raises ReasonMissingError, NotYoursError, NotNowError or ReversalStandsError.
    """
    if not reason.strip():
        raise ReasonMissingError
    reversal_code = codes.new_reference()
    content = {"exchange": code, "reason": reason}
    done = _begin(session, "proposed", reversal_code, by, now, form_key, content=content)
    if done is not None:
        return done
    exchange = lock(session, by.bank_id, code)
    if not rules.may_propose_reversal(exchange.standing(), by):
        raise NotNowError(state=exchange.state) if exchange.state == State.REVERSED else NotYoursError()
    if _find_waiting(session, exchange) is not None:
        raise ReversalStandsError
    session.add(
        Reversal(
            bank_id=by.bank_id,
            id=clock.next_id(),
            code=reversal_code,
            exchange_id=exchange.id,
            reason=reason.strip(),
            proposed_by=by.membership_id,
            proposed_at=now,
        )
    )
    session.flush()
    return reversal_code


def agree(
    session: Session, bank: Bank, reversal_code: str, *, by: Actor, now: datetime, form_key: str | None = None
) -> None:
    """Agree as one of the two sides; when both have, the hours go back. Raises NotYoursError or NotNowError."""
    if _begin(session, "agreed", reversal_code, by, now, form_key) is not None:
        return
    reversal, exchange = _lock_both(session, by.bank_id, reversal_code)
    side = exchange.standing().side_of(by.account_id)
    if side is None or not rules.may_agree_to_reversal(exchange.standing(), by):
        raise NotYoursError
    if side is Side.GIVER:
        reversal.giver_agreed_by = by.membership_id
    else:
        reversal.receiver_agreed_by = by.membership_id
    if reversal.giver_agreed_by and reversal.receiver_agreed_by:
        _carry_out(session, bank, reversal, exchange, by=by, now=now)
    session.flush()


def approve(
    session: Session, bank: Bank, reversal_code: str, *, by: Actor, now: datetime, form_key: str | None = None
) -> None:
    """Approve as a second approver who took no part: the hours go back. Raises NotYoursError or NotNowError."""
    if _begin(session, "approved", reversal_code, by, now, form_key) is not None:
        return
    reversal, exchange = _lock_both(session, by.bank_id, reversal_code)
    hands = list_hands(session, by.bank_id, exchange.id)
    if not rules.may_approve_reversal(exchange.standing(), by, proposed_by=reversal.proposed_by, hands=hands):
        raise NotYoursError
    reversal.approved_by = by.membership_id
    _carry_out(session, bank, reversal, exchange, by=by, now=now)


def refuse(session: Session, reversal_code: str, *, by: Actor, now: datetime, form_key: str | None = None) -> None:
    """Turn the proposal down, as another approver, or withdraw it as who made it: the exchange stands."""
    if _begin(session, "refused", reversal_code, by, now, form_key) is not None:
        return
    reversal, exchange = _lock_both(session, by.bank_id, reversal_code)
    own = reversal.proposed_by == by.membership_id and may_approve(by)
    hands = list_hands(session, by.bank_id, exchange.id)
    if not own and not rules.may_approve_reversal(
        exchange.standing(), by, proposed_by=reversal.proposed_by, hands=hands
    ):
        raise NotYoursError
    reversal.refused_by, reversal.closed_at = by.membership_id, now
    session.flush()


def _carry_out(session: Session, bank: Bank, reversal: Reversal, exchange: Locked, *, by: Actor, now: datetime) -> None:
    leads_to = TRANSITIONS.get((State(exchange.state), Deed.REVERSE))
    entry_id = find_entry_id(session, bank.id, entry_key(exchange.code))
    if leads_to is None or entry_id is None:
        raise NotNowError(state=exchange.state)
    reversal.closed_at = now
    exchange.state = leads_to
    if reversal.approved_by is None:  # both sides agreed: in the books stands who proposed it, so in the trail too
        carried = trail.Deed(bank.id, "reversal.carried_out", f"reversal:{reversal.code}", reversal.proposed_by, now)
        trail.begin(session, carried)
    take_step(session, exchange, Deed.REVERSE, by, now, exchange.minutes, words=reversal.reason)
    reverse(
        session,
        bank.id,
        entry_id,
        key=f"reversal:{reversal.code}",
        reason=reversal.reason,
        by=reversal.proposed_by,
        approved_by=reversal.approved_by,
        now=now,
        today=clock.local_day(now, bank.time_zone),
    )
    if exchange.minutes:
        line = Line(exchange.giver_account_id, exchange.receiver_account_id, exchange.minutes)
        notice_crossings(session, bank.id, [line], now)


def _begin(  # noqa: PLR0913 (the trail's row: who, what, when, under which key)
    session: Session,
    verb: str,
    code: str,
    by: Actor,
    now: datetime,
    form_key: str | None,
    *,
    content: Mapping[str, object] | None = None,
) -> str | None:
    row = trail.Deed(
        by.bank_id,
        f"reversal.{verb}",
        f"reversal:{code}",
        by.doer_id,
        now,
        on_behalf_of=by.on_behalf_of,
        form_key=form_key,
        content=content or {"code": code},
    )
    done = trail.begin(session, row)
    return None if done is None else done.removeprefix("reversal:")


def _lock_both(session: Session, bank_id: int, reversal_code: str) -> tuple[Reversal, Locked]:
    """The reversal that waits and its exchange, both locked, the exchange first as everywhere."""
    reversal = session.execute(
        select(Reversal).where(Reversal.bank_id == bank_id, Reversal.code == reversal_code)
    ).scalar_one()
    code = session.execute(
        select(Exchange.code).where(Exchange.bank_id == bank_id, Exchange.id == reversal.exchange_id)
    ).scalar_one()
    exchange = lock(session, bank_id, code)
    session.refresh(reversal, with_for_update=True)
    if reversal.closed_at is not None:
        raise NotNowError(state=exchange.state)
    return reversal, exchange


def _find_waiting(session: Session, exchange: Locked) -> int | None:
    return session.scalar(
        select(Reversal.id).where(
            Reversal.bank_id == exchange.bank_id, Reversal.exchange_id == exchange.id, Reversal.closed_at.is_(None)
        )
    )
