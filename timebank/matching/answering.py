"""Members answer an invitation: yes makes an agreed exchange, no asks the next."""

from dataclasses import replace
from datetime import date, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank import clock
from timebank.actors import Actor, Doing, How, Role, acting_for
from timebank.banks.models import Bank
from timebank.codes import spoken
from timebank.errors import NotAllowedError
from timebank.exchanges.actions import agree_by_invitation
from timebank.exchanges.errors import OwnExchangeError
from timebank.exchanges.models import Exchange
from timebank.exchanges.queries import find_exchange
from timebank.exchanges.terms import Terms
from timebank.holders.queries import hold_standing
from timebank.listings.models import Listing
from timebank.listings.queries import OWNS, WholeListing, find_line
from timebank.matching.errors import DayMissingError, InvitationOverError, OtherDayError, RequestMovedOnError
from timebank.matching.invitation_rules import InvitationState, fewer, is_still_asked, may_answer
from timebank.matching.models import Invitation
from timebank.matching.queries import ITS_REQUEST
from timebank.matching.turns import ask_next, is_interested, is_open, lock_invitation
from timebank.members.helping import want_invitations
from timebank.members.models import Membership
from timebank.members.queries import find_actor_by_account, find_actor_by_id
from timebank.references import DeedName, Ref, Subject
from timebank.tasks.actions import close_task
from timebank.tasks.rules import TaskKind
from timebank.trail import actions as trail


def say_yes(
    session: Session, bank: Bank, code: str, doing: Doing, *, day: date | None = None, at: time | None = None
) -> str:
    """Agree to help; return the code of the exchange.

    `day` and `at` are for an invitation that names none. Raises NotAllowedError, InvitationOverError,
    RequestMovedOnError where the request wants nobody any more, OtherDayError where it was changed meanwhile,
    DayMissingError, and what `agree_by_invitation` raises.
    """
    if trail.is_repeat(session, doing, DeedName.INVITATION_YES, Ref(Subject.INVITATION, code), {"day": day, "at": at}):
        return _exchange_code(session, bank.id, code)
    listing, invitation = _lock_own(session, bank, code, doing)
    today = clock.local_day(doing.now, bank.time_zone)
    if not is_open(listing, today):
        raise RequestMovedOnError
    agreed_on, agreed_at = invitation.day or day, invitation.at or at
    if agreed_on is None:
        raise DayMissingError
    if not is_still_asked(listing, invitation.title, agreed_on, agreed_at):
        raise OtherDayError
    terms = Terms(
        doing.by.account_id,
        listing.account_id,
        invitation.title,
        agreed_on,
        invitation.minutes,
        listing_id=listing.id,
        at=agreed_at,
        meeting_place=invitation.meeting_place,
    )
    asked = Doing(_asking(session, listing, invitation), invitation.asked_at or invitation.chosen_at)
    exchange_code = agree_by_invitation(session, bank, terms, asked=asked, answer=doing)
    exchange = find_exchange(session, bank.id, exchange_code)
    invitation.exchange_id = exchange.id if exchange else None
    _answer(session, invitation, InvitationState.YES, doing)
    now_filled = find_line(session, bank.id, listing.code, today) or listing
    if not is_open(now_filled, today):
        for kind in (TaskKind.NOBODY_SAID_YES, TaskKind.HELPER_CALLED_OFF):
            close_task(session, bank.id, kind, Ref(Subject.LISTING, listing.code), doing)
    ask_next(session, bank, now_filled, now=doing.now)
    return exchange_code


def say_no(session: Session, bank: Bank, code: str, doing: Doing, *, less: bool = False) -> None:
    """Say that one cannot help this time; with `less`, that one wants to be asked less often as well.

    Raises NotAllowedError or InvitationOverError.
    """
    deed = DeedName.INVITATION_LESS if less else DeedName.INVITATION_NO
    if trail.is_repeat(session, doing, deed, Ref(Subject.INVITATION, code)):
        return
    listing, invitation = _lock_own(session, bank, code, doing)
    invitation.wants_less = less
    _answer(session, invitation, InvitationState.NO, doing)
    if less:
        want_invitations(session, bank, fewer, doing.part_of_it())
    ask_next(session, bank, listing, now=doing.now)


def _lock_own(session: Session, bank: Bank, code: str, doing: Doing) -> tuple[WholeListing, Invitation]:
    """Lock both members' standing, the request and the invitation.

    Raises NotAllowedError, InvitationOverError, or OwnExchangeError for a broker's hand that asks or is asked too.
    """
    row = _find_parties(session, bank.id, code)
    if row is None or not may_answer(doing.by, member_id=row[0]):
        raise NotAllowedError
    hold_standing(session, bank.id, [doing.by.account_id, row[1]])
    listing, invitation = lock_invitation(session, bank, code, doing.now)
    today = clock.local_day(doing.now, bank.time_zone)
    if not invitation.is_sent or (invitation.answer_by is not None and invitation.answer_by < today):
        raise InvitationOverError
    if doing.by.hand is not None and is_interested(session, bank.id, listing, doing.by.hand.membership_id):
        raise OwnExchangeError
    return listing, invitation


def _find_parties(session: Session, bank_id: int, code: str) -> tuple[int, int] | None:
    """Return (membership of who is invited, account of who asks for help); None where there is no such invitation."""
    row = session.execute(
        select(Invitation.member_id, Membership.account_id)
        .join(Listing, ITS_REQUEST)
        .join(Membership, OWNS)
        .where(Invitation.bank_id == bank_id, Invitation.code == code)
    ).first()
    return (row.member_id, row.account_id) if row else None


def _asking(session: Session, listing: WholeListing, invitation: Invitation) -> Actor:
    """Return who asks for help, by the hand of the broker who sent the invitation on the strength of the request."""
    requester = find_actor_by_account(session, invitation.bank_id, listing.account_id)
    broker = find_actor_by_id(session, invitation.bank_id, invitation.asked_by)
    if requester is None or broker is None:
        raise NotAllowedError
    if broker.membership_id == requester.membership_id:
        return replace(requester, roles=frozenset({Role.MEMBER}))
    return acting_for(broker, requester, How.REQUEST).with_evidence(spoken(listing.code))


def _answer(session: Session, invitation: Invitation, state: InvitationState, doing: Doing) -> None:
    hand = doing.by.hand
    invitation.state, invitation.closed_at = state, doing.now
    invitation.answered_by = doing.doer_id
    invitation.how, invitation.evidence = (hand.how, hand.evidence or None) if hand else (None, None)
    session.flush()


def _exchange_code(session: Session, bank_id: int, code: str) -> str:
    its_own = (Exchange.bank_id == Invitation.bank_id) & (Exchange.id == Invitation.exchange_id)
    query = select(Exchange.code).join(Invitation, its_own)
    return session.execute(query.where(Invitation.bank_id == bank_id, Invitation.code == code)).scalar_one()
