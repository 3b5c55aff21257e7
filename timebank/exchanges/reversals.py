"""Taking an exchange back: a coordinator proposes it with a reason, and both sides agree or a second approver does.

The reversal is a new entry; what was written stays. The right hours follow as an exchange of their own.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.actors import Doing, Unattended, may_approve
from timebank.approvals.proposers import check_proposer
from timebank.banks.models import Bank
from timebank.banks.queries import lock_bank
from timebank.bookkeeping.queries import find_entry_id
from timebank.bookkeeping.reversing import reverse
from timebank.errors import ReasonMissingError
from timebank.exchanges import rules
from timebank.exchanges.deeds import entry_key, list_hands, refuse_interested
from timebank.exchanges.errors import CodeMakerPartError, NotNowError, NotYoursError, ReversalStandsError
from timebank.exchanges.locked import Locked, lock, take_step
from timebank.exchanges.models import Exchange, Reversal
from timebank.exchanges.rules import TRANSITIONS, Deed, Side, State
from timebank.exchanges.soft_limits import notice_crossings
from timebank.exchanges.telling import tell_of, tell_of_proposed_reversal
from timebank.ledger.entries import Line
from timebank.members.depending import list_depended_on
from timebank.members.queries import get_rights
from timebank.references import DeedName, Ref, Subject
from timebank.spelling import is_blank
from timebank.trail import actions as trail


def propose(session: Session, code: str, doing: Doing, *, reason: str) -> str:
    """Propose to take the exchange with this code back; return the reversal's code.

    Raises ReasonMissingError, NotYoursError, NotNowError or ReversalStandsError.
    """
    if is_blank(reason):
        raise ReasonMissingError
    reversal_code = codes.new_reference()
    content = {"exchange": code, "reason": reason}
    subject = Ref(Subject.REVERSAL, reversal_code)
    first_code = trail.begin(session, doing, DeedName.REVERSAL_PROPOSED, subject, content, is_new=True)
    if first_code is not None:
        return first_code
    exchange = lock(session, doing.bank_id, code)
    if not rules.may_propose_reversal(exchange.snapshot(), doing.by):
        raise NotNowError(state=exchange.state) if exchange.state == State.REVERSED else NotYoursError()
    if _find_waiting(session, exchange) is not None:
        raise ReversalStandsError
    session.add(
        Reversal(
            bank_id=doing.bank_id,
            id=clock.next_id(),
            code=reversal_code,
            exchange_id=exchange.id,
            reason=reason.strip(),
            proposed_by=doing.by.membership_id,
            proposed_at=doing.now,
        )
    )
    session.flush()
    tell_of_proposed_reversal(session, exchange, reversal_code, doing)
    return reversal_code


def agree(session: Session, bank: Bank, reversal_code: str, doing: Doing) -> None:
    """Agree as one of the two sides; when both have, the hours go back. Raises NotYoursError or NotNowError."""
    if trail.is_repeat(session, doing, DeedName.REVERSAL_AGREED, Ref(Subject.REVERSAL, reversal_code)):
        return
    by = doing.by
    reversal, exchange = _lock_both(session, by.bank_id, reversal_code)
    side = exchange.snapshot().side_of(by.account_id)
    if side is None or not rules.may_agree_to_reversal(exchange.snapshot(), by):
        raise NotYoursError
    refuse_interested(exchange.snapshot(), by)
    if by.code_maker is not None and by.code_maker.membership_id == reversal.proposed_by:
        raise CodeMakerPartError(name=by.code_maker.name)
    if side is Side.GIVER:
        reversal.giver_agreed_by = by.membership_id
    else:
        reversal.receiver_agreed_by = by.membership_id
    if reversal.giver_agreed_by and reversal.receiver_agreed_by:
        _carry_out(session, bank, reversal, exchange, doing)
    session.flush()


def approve(session: Session, bank: Bank, reversal_code: str, doing: Doing) -> None:
    """Approve as a second approver who took no part: the hours go back. Raises NotYoursError or NotNowError."""
    if trail.is_repeat(session, doing, DeedName.REVERSAL_APPROVED, Ref(Subject.REVERSAL, reversal_code)):
        return
    by = doing.by
    lock_bank(session, bank.id)
    reversal, exchange = _lock_both(session, by.bank_id, reversal_code)
    if not _may_approve(session, reversal, exchange, doing):
        raise NotYoursError
    check_proposer(session, bank.id, reversal.proposed_by)
    reversal.approved_by = by.membership_id
    _carry_out(session, bank, reversal, exchange, doing)


def refuse(session: Session, reversal_code: str, doing: Doing) -> None:
    """Refuse the proposal as another approver, or withdraw one's own."""
    if trail.is_repeat(session, doing, DeedName.REVERSAL_REFUSED, Ref(Subject.REVERSAL, reversal_code)):
        return
    lock_bank(session, doing.bank_id)
    by = get_rights(session, doing.by)
    reversal, exchange = _lock_both(session, by.bank_id, reversal_code)
    own = reversal.proposed_by == by.membership_id and may_approve(by)
    if not own and not _may_approve(session, reversal, exchange, doing):
        raise NotYoursError
    reversal.refused_by, reversal.closed_at = by.membership_id, doing.now
    session.flush()


def _may_approve(session: Session, reversal: Reversal, exchange: Locked, doing: Doing) -> bool:
    return rules.may_approve_reversal(
        exchange.snapshot(),
        get_rights(session, doing.by),
        proposed_by=reversal.proposed_by,
        hands=list_hands(session, doing.bank_id, exchange.id),
        depends_on=list_depended_on(session, doing.by, now=doing.now),
    )


def _carry_out(session: Session, bank: Bank, reversal: Reversal, exchange: Locked, doing: Doing) -> None:
    leads_to = TRANSITIONS.get((State(exchange.state), Deed.REVERSE))
    entry_id = find_entry_id(session, bank.id, entry_key(exchange.code))
    if leads_to is None or entry_id is None:
        raise NotNowError(state=exchange.state)
    reversal.closed_at = doing.now
    exchange.state = leads_to
    if reversal.approved_by is None:  # both sides agreed: in the books stands who proposed it, so in the trail too
        in_their_name = Unattended(bank.id, doing.now, reversal.proposed_by)
        trail.begin(session, in_their_name, DeedName.REVERSAL_CARRIED_OUT, Ref(Subject.REVERSAL, reversal.code))
    take_step(session, exchange, Deed.REVERSE, doing, exchange.minutes, words=reversal.reason)
    reverse(
        session,
        bank.id,
        entry_id,
        key=str(Ref(Subject.REVERSAL, reversal.code)),
        reason=reversal.reason,
        by=reversal.proposed_by,
        approved_by=reversal.approved_by,
        now=doing.now,
        today=clock.local_day(doing.now, bank.time_zone),
    )
    tell_of(session, exchange, Deed.REVERSE, doing)
    if exchange.minutes:
        line = Line(exchange.giver_account_id, exchange.receiver_account_id, exchange.minutes)
        notice_crossings(session, bank.id, [line], doing.now)


def _lock_both(session: Session, bank_id: int, reversal_code: str) -> tuple[Reversal, Locked]:
    """Return the waiting reversal and its exchange, both row-locked, the exchange first to avoid deadlocks."""
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
