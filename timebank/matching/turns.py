"""Whose turn it is to be asked: the next of a broker's list, once somebody before them has said no or nothing."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from timebank import clock
from timebank.actors import Standing
from timebank.banks.models import Bank
from timebank.listings.filling import ListingState, places_left, state_of
from timebank.listings.models import Listing
from timebank.listings.queries import WholeListing, find_line
from timebank.listings.rules import ListingKind
from timebank.matching.invitation_rules import (
    ANSWERED,
    STANDING,
    InvitationState,
    answer_by,
    is_of_that_day,
)
from timebank.matching.models import Invitation
from timebank.matching.reach import may_be_asked
from timebank.matching.rules_of_banks import find_settings
from timebank.members.models import Membership
from timebank.references import Ref, Subject
from timebank.rows import find_locked, get_locked
from timebank.tasks.actions import open_task
from timebank.tasks.rules import TaskKind


def is_open(listing: WholeListing, today: date) -> bool:
    """Return whether a request of an active member still wants helpers."""
    is_request = listing.kind == ListingKind.REQUEST and listing.owner_is_active
    return is_request and state_of(listing, today) is ListingState.FOUND


def lock_request(session: Session, bank_id: int, code: str, today: date) -> WholeListing | None:
    """Return the listing of this code, its row locked, as it is now; None where the bank has none."""
    if find_locked(session, select(Listing).where(Listing.bank_id == bank_id, Listing.code == code)) is None:
        return None
    return find_line(session, bank_id, code, today)


def lock_invitation(session: Session, bank: Bank, code: str, now: datetime) -> tuple[WholeListing, Invitation]:
    """Return an invitation and its request, both locked and as they are now. Raises NoResultFound."""
    of_code = (Invitation.bank_id == bank.id, Invitation.code == code)
    its_own = (Listing.bank_id == Invitation.bank_id) & (Listing.id == Invitation.listing_id)
    listing_code = session.scalar(select(Listing.code).join(Invitation, its_own).where(*of_code))
    today = clock.local_day(now, bank.time_zone)
    listing = lock_request(session, bank.id, listing_code, today) if listing_code else None
    if listing is None:
        raise NoResultFound
    return listing, get_locked(session, select(Invitation).where(*of_code))


def ask_next(
    session: Session, bank: Bank, listing: WholeListing, *, now: datetime, all_at_once: bool = False
) -> Sequence[Invitation]:
    """Send the invitations whose turn has come, and close those that are needed no more; return those sent.

    The request's row is locked. As many are asked at a time as it wants helpers; with `all_at_once` all of the list.
    Who may no longer be asked is passed over. Where nobody is left to answer, a broker gets a task.
    """
    today = clock.local_day(now, bank.time_zone)
    standing = _lock_standing(session, bank.id, listing.id)
    if not is_open(listing, today):
        for invitation in standing:
            _close(invitation, now)
        session.flush()
        return []
    free = len(standing) if all_at_once else places_left(listing)
    free -= sum(invitation.is_sent for invitation in standing)
    waiting = [invitation for invitation in standing if invitation.is_next]
    sent = _send(session, bank, listing, waiting, free=free, now=now)
    session.flush()
    if not any(invitation.is_standing for invitation in standing):
        _tell_brokers(session, bank.id, listing, now)
    return sent


def lapse(session: Session, bank: Bank, *, now: datetime) -> tuple[int, int]:
    """Close what was left unanswered too long and ask the next, the oldest request first; return how many of each."""
    its_own = (Listing.bank_id == Invitation.bank_id) & (Listing.id == Invitation.listing_id)
    listing_codes = session.scalars(
        select(Listing.code)
        .join(Invitation, its_own)
        .where(Invitation.bank_id == bank.id, Invitation.state.in_(STANDING))
        .distinct()
        .order_by(Listing.code)
    ).all()
    today, silent, asked = clock.local_day(now, bank.time_zone), 0, 0
    requests = [lock_request(session, bank.id, code, today) for code in listing_codes]  # in the order of `invite_all`
    for listing in sorted(filter(None, requests), key=lambda request: request.id):
        silent += _close_overdue(session, bank, listing, now)
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
    session: Session, bank: Bank, listing: WholeListing, waiting: Sequence[Invitation], *, free: int, now: datetime
) -> Sequence[Invitation]:
    """Send the first of those waiting who may be asked, so many; close those who may not."""
    if not waiting or free <= 0:
        return []
    today, settings = clock.local_day(now, bank.time_zone), find_settings(session, bank.id)
    ids, brokers = [invitation.member_id for invitation in waiting], {row.asked_by for row in waiting}
    may = may_be_asked(session, listing, bank.id, ids, now=now, today=today, barred=brokers, again=True)
    sent: list[Invitation] = []
    for invitation in waiting:
        if len(sent) >= free:
            break
        if invitation.member_id not in may or not is_of_that_day(listing, invitation.day, invitation.at):
            _close(invitation, now)
            continue
        invitation.state, invitation.asked_at = InvitationState.SENT, now
        invitation.answer_by = answer_by(today, settings.answer_days, invitation.day)
        sent.append(invitation)
    return sent


def _close_overdue(session: Session, bank: Bank, listing: WholeListing, now: datetime) -> int:
    """Close the sent invitations that were not answered in time, or whose member is away from the bank."""
    today, silent = clock.local_day(now, bank.time_zone), 0
    for invitation in _lock_standing(session, bank.id, listing.id):
        member = session.get_one(Membership, (bank.id, invitation.member_id))
        if member.standing != Standing.ACTIVE or not is_of_that_day(listing, invitation.day, invitation.at):
            _close(invitation, now)
        elif invitation.answer_by is not None and invitation.answer_by < today:
            invitation.state, invitation.closed_at = InvitationState.SILENT, now
            silent += 1
    session.flush()
    return silent


def _close(invitation: Invitation, now: datetime) -> None:
    invitation.state, invitation.closed_at = InvitationState.NOT_NEEDED, now


def _tell_brokers(session: Session, bank_id: int, listing: WholeListing, now: datetime) -> None:
    """Open a task where all who were asked have said no or nothing."""
    asked = select(Invitation.state).where(Invitation.bank_id == bank_id, Invitation.listing_id == listing.id)
    last = session.scalar(asked.order_by(Invitation.closed_at.desc(), Invitation.id.desc()).limit(1))
    if last in {InvitationState.SILENT, *ANSWERED} - {InvitationState.YES}:
        subject = Ref(Subject.LISTING, listing.code)
        open_task(session, bank_id, kind=TaskKind.NOBODY_SAID_YES, subject=subject, now=now)
