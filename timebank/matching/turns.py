"""Whose turn it is to be asked: the next of a broker's list, once somebody before them has said no or nothing."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from timebank import clock
from timebank.actors import Standing, may_broker
from timebank.banks.models import Bank
from timebank.exchanges.models import Exchange
from timebank.listings.filling import ListingState, places_left, state_of
from timebank.listings.models import Listing
from timebank.listings.queries import WholeListing, find_line
from timebank.listings.rules import ListingKind
from timebank.matching.invitation_rules import (
    STANDING,
    InvitationState,
    answer_by,
    is_still_asked,
)
from timebank.matching.models import Invitation
from timebank.matching.queries import ITS_REQUEST
from timebank.matching.reach import describe, list_may_be_asked
from timebank.matching.rules_of_banks import find_settings
from timebank.members.models import Membership
from timebank.members.queries import find_actor_by_id
from timebank.notices.actions import tell
from timebank.notices.holding import register
from timebank.notices.kinds import NoticeKind
from timebank.notices.queries import Told
from timebank.references import Ref, Subject
from timebank.rows import find_locked, get_locked
from timebank.tasks.actions import open_task
from timebank.tasks.rules import TaskKind


def is_open(listing: WholeListing, today: date) -> bool:
    """Return whether a request of an active member still wants helpers."""
    is_request = listing.kind == ListingKind.REQUEST and listing.owner_is_active
    return is_request and state_of(listing, today) is ListingState.FOUND


def lock_members(session: Session, bank_id: int, member_ids: Sequence[int]) -> None:
    """Lock memberships, so that nobody is asked more often than they want by two transactions at once."""
    members = select(Membership.id).where(Membership.bank_id == bank_id, Membership.id.in_(member_ids))
    session.execute(members.order_by(Membership.id).with_for_update(key_share=True)).all()


def lock_request(session: Session, bank_id: int, code: str, today: date) -> WholeListing | None:
    """Return the listing of this code, its row locked, as it is now; None where the bank has none."""
    if find_locked(session, select(Listing).where(Listing.bank_id == bank_id, Listing.code == code)) is None:
        return None
    return find_line(session, bank_id, code, today)


def lock_invitation(session: Session, bank: Bank, code: str, now: datetime) -> tuple[WholeListing, Invitation]:
    """Return an invitation and its request, both locked and as they are now. Raises NoResultFound."""
    of_code = (Invitation.bank_id == bank.id, Invitation.code == code)
    listing_code = session.scalar(select(Listing.code).join(Invitation, ITS_REQUEST).where(*of_code))
    today = clock.local_day(now, bank.time_zone)
    listing = lock_request(session, bank.id, listing_code, today) if listing_code else None
    if listing is None:
        raise NoResultFound
    return listing, get_locked(session, select(Invitation).where(*of_code))


def is_interested(session: Session, bank_id: int, listing: WholeListing, membership_id: int) -> bool:
    """Return whether a broker asks for the help themselves, or waits for their own turn to be asked about it."""
    own = select(Invitation.id).where(
        Invitation.bank_id == bank_id,
        Invitation.listing_id == listing.id,
        Invitation.member_id == membership_id,
        Invitation.state.in_(STANDING),
    )
    return listing.member_id == membership_id or session.scalar(own.limit(1)) is not None


def ask_next(
    session: Session,
    bank: Bank,
    listing: WholeListing,
    *,
    now: datetime,
    at_once: Collection[int] = (),
    tells_brokers: bool = True,
) -> Sequence[Invitation]:
    """Send the invitations whose turn has come, and close those that are needed no more; return those sent.

    The request's row is locked. As many are asked at a time as it wants helpers, and besides those with the ids in
    `at_once`. Who may no longer be asked is passed over. Where nobody is left to answer, a broker gets a task, unless
    they know (`tells_brokers`).
    """
    today = clock.local_day(now, bank.time_zone)
    standing = _lock_standing(session, bank.id, listing.id)
    if not is_open(listing, today):
        for invitation in standing:
            _close(invitation, now)
        session.flush()
        return []
    sent = _send(session, bank, listing, standing, at_once=at_once, now=now)
    session.flush()
    for invitation in sent:
        subject = Ref(Subject.INVITATION, invitation.code)
        tell(session, bank.id, [invitation.member_id], NoticeKind.INVITED, subject, now=now)
    if tells_brokers and not any(invitation.is_standing for invitation in standing):
        open_task(session, bank.id, kind=TaskKind.NOBODY_SAID_YES, subject=Ref(Subject.LISTING, listing.code), now=now)
    return sent


def called_off(session: Session, bank: Bank, exchange_code: str, *, now: datetime) -> None:
    """Ask a broker to look again where help that came of an invitation was called off, and its request is open."""
    of_exchange = (Exchange.bank_id == Invitation.bank_id) & (Exchange.id == Invitation.exchange_id)
    query = select(Listing.code).join(Invitation, ITS_REQUEST).join(Exchange, of_exchange)
    listing_code = session.scalar(query.where(Exchange.bank_id == bank.id, Exchange.code == exchange_code))
    today = clock.local_day(now, bank.time_zone)
    listing = lock_request(session, bank.id, listing_code, today) if listing_code else None
    if listing is not None and is_open(listing, today):
        subject = Ref(Subject.LISTING, listing.code)
        open_task(session, bank.id, kind=TaskKind.HELPER_CALLED_OFF, subject=subject, now=now)


def lapse(session: Session, bank: Bank, *, now: datetime) -> tuple[int, int]:
    """Close what was left unanswered too long and ask the next, the oldest request first; return how many of each."""
    listing_codes = session.scalars(
        select(Listing.code)
        .where(
            Listing.bank_id == bank.id,
            select(Invitation.id).where(ITS_REQUEST, Invitation.state.in_(STANDING)).exists(),
        )
        .order_by(Listing.id)
    ).all()
    silent, asked = 0, 0
    for code in listing_codes:
        listing = lock_request(session, bank.id, code, clock.local_day(now, bank.time_zone))
        if listing is not None:
            silent += close_overdue(session, bank, listing, now)
            asked += len(ask_next(session, bank, listing, now=now))
    return silent, asked


def _lock_standing(session: Session, bank_id: int, listing_id: int) -> list[Invitation]:
    standing = (
        select(Invitation)
        .where(Invitation.bank_id == bank_id, Invitation.listing_id == listing_id, Invitation.state.in_(STANDING))
        .order_by(Invitation.turn, Invitation.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(standing))


def _send(
    session: Session,
    bank: Bank,
    listing: WholeListing,
    standing: Sequence[Invitation],
    *,
    at_once: Collection[int],
    now: datetime,
) -> Sequence[Invitation]:
    """Send the first of those waiting who may be asked; close those who may not."""
    today, settings = clock.local_day(now, bank.time_zone), find_settings(session, bank.id)
    free = places_left(listing) - sum(invitation.is_sent for invitation in standing)
    sent: list[Invitation] = []
    for invitation in standing:
        if not invitation.is_next or (invitation.id not in at_once and len(sent) >= free):
            continue
        if not _may_be_sent(session, listing, invitation, now, today):
            _close(invitation, now)
            continue
        invitation.state, invitation.asked_at = InvitationState.SENT, now
        invitation.answer_by = answer_by(today, settings.answer_days, invitation.day)
        sent.append(invitation)
    return sent


def _may_be_sent(session: Session, listing: WholeListing, invitation: Invitation, now: datetime, today: date) -> bool:
    """Return whether an invitation of a list is still for a day of the request, and its member may be asked now.

    Its broker still is one, too: what they chose is sent in their name.
    """
    broker = find_actor_by_id(session, invitation.bank_id, invitation.asked_by)
    if not _is_timely(listing, invitation, today) or broker is None or not may_broker(broker):
        return False
    bank_id, member_id = invitation.bank_id, invitation.member_id
    lock_members(session, bank_id, [member_id])
    barred, day, at = [invitation.asked_by], invitation.day, invitation.at
    asking = describe(session, bank_id, listing, now, today, barred, day=day, at=at)
    return member_id in list_may_be_asked(asking, [member_id], again=True)


def _is_timely(listing: WholeListing, invitation: Invitation, today: date) -> bool:
    """Return whether the day of an invitation is to come, and the request still what it was."""
    is_over = invitation.day is not None and invitation.day < today
    return not is_over and is_still_asked(listing, invitation.title, invitation.day, invitation.at)


def close_overdue(session: Session, bank: Bank, listing: WholeListing, now: datetime) -> int:
    """Close what was not answered in time, and return how many; close without counting what is not asked any more.

    That is an invitation to what the request was before it was changed, or of a member who is not active any more.
    """
    today, silent = clock.local_day(now, bank.time_zone), 0
    standing = _lock_standing(session, bank.id, listing.id)
    active = _list_active(session, bank.id, [invitation.member_id for invitation in standing])
    for invitation in standing:
        if invitation.is_sent and invitation.answer_by is not None and invitation.answer_by < today:
            invitation.state, invitation.closed_at = InvitationState.SILENT, now
            silent += 1
        elif invitation.member_id not in active or not _is_timely(listing, invitation, today):
            _close(invitation, now)
    session.flush()
    return silent


def _list_active(session: Session, bank_id: int, member_ids: Sequence[int]) -> frozenset[int]:
    members = select(Membership.id).where(
        Membership.bank_id == bank_id, Membership.id.in_(member_ids), Membership.standing == Standing.ACTIVE
    )
    return frozenset(session.scalars(members))


def _close(invitation: Invitation, now: datetime) -> None:
    invitation.state, invitation.closed_at = InvitationState.NOT_NEEDED, now


def _list_holding(session: Session, bank_id: int, notices: Sequence[Told], _now: datetime) -> set[int]:
    """Return the ids of those notices of invitations that can still be answered."""
    codes = {notice.subject.code for notice in notices}
    query = select(Invitation.code).where(
        Invitation.bank_id == bank_id, Invitation.code.in_(codes), Invitation.state == InvitationState.SENT
    )
    sent = set(session.scalars(query))
    return {notice.id for notice in notices if notice.subject.code in sent}


register([NoticeKind.INVITED], _list_holding)
