"""How often members were invited of late, and who rests from it: columns and conditions of queries of memberships."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from timebank.listings.queries import WholeListing
from timebank.matching.invitation_rules import A_WEEK, ANSWERED, LONGER, NOT_AGAIN, STANDING, InvitationState
from timebank.matching.models import Invitation
from timebank.matching.settings import MatchingSettings
from timebank.members.models import Membership

#: What was taken back was never asked.
_COUNTS = Invitation.state != InvitationState.TAKEN_BACK


def select_asks(bank_id: int, now: datetime, settings: MatchingSettings) -> Select[*tuple[Any, ...]]:
    """Return the query of how often each member was invited: member_id, this_week, and lately (the bank's weeks).

    It has no row for who was not invited. What was taken back does not count.
    """
    lately, this_week = now - timedelta(weeks=settings.asked_weeks), now - A_WEEK
    return (
        select(
            Invitation.member_id,
            func.sum(case((Invitation.asked_at > this_week, 1), else_=0)).label("this_week"),
            func.sum(case((Invitation.asked_at > lately, 1), else_=0)).label("lately"),
        )
        .where(
            Invitation.bank_id == bank_id,
            Invitation.asked_at > min(lately, this_week),
            _COUNTS,
        )
        .group_by(Invitation.member_id)
    )


def asked_since(bank_id: int, moment: datetime) -> ScalarSelect[int]:
    """Return how often a member was invited since a moment, for a query that has `membership`.

    What was taken back does not count.
    """
    return (
        select(func.count())
        .where(
            Invitation.bank_id == bank_id,
            Invitation.member_id == Membership.id,
            Invitation.asked_at > moment,
            _COUNTS,
        )
        .correlate(Membership)
        .scalar_subquery()
    )


def is_rested(bank_id: int, now: datetime, settings: MatchingSettings) -> ColumnElement[bool]:
    """Return the condition that a member does not rest after invitations without an answer.

    They rest for the bank's days after one, and twice as long after two or more since their last answer.
    """
    answer = aliased(Invitation)
    answered_since = (
        select(answer.id)
        .where(
            answer.bank_id == bank_id,
            answer.member_id == Membership.id,
            answer.state.in_(ANSWERED),
            answer.closed_at >= Invitation.closed_at,
        )
        .correlate(Membership, Invitation)
        .exists()
    )
    last_closed_at, rest = func.max(Invitation.closed_at), timedelta(days=settings.rest_days)
    rests = (
        select(Invitation.member_id)
        .where(
            Invitation.bank_id == bank_id,
            Invitation.member_id == Membership.id,
            Invitation.state == InvitationState.SILENT,
            ~answered_since,
        )
        .group_by(Invitation.member_id)
        .having(
            or_(last_closed_at > now - rest, and_(func.count() > 1, last_closed_at > now - LONGER * rest)),
        )
    )
    return ~rests.correlate(Membership).exists()


def was_not_asked(bank_id: int, request: WholeListing, day: date | None, now: datetime) -> ColumnElement[bool]:
    """Return the condition that a member was not invited to a request for this day, or for any (None: at all).

    Where a weekly request names no day, an invitation counts for a week; one that waits for an answer counts always.
    """
    asked = select(Invitation.member_id).where(
        Invitation.bank_id == bank_id,
        Invitation.listing_id == request.id,
        Invitation.member_id == Membership.id,
        Invitation.state.in_(NOT_AGAIN),
    )
    stands = Invitation.state.in_(STANDING)
    if day is not None:
        asked = asked.where(or_(stands, Invitation.day == day, Invitation.day.is_(None)))
    elif request.every_week:
        asked = asked.where(or_(stands, Invitation.chosen_at > now - A_WEEK))
    return ~asked.correlate(Membership).exists()


def is_none_of(membership_ids: Collection[int]) -> ColumnElement[bool]:
    """Return the condition that a member is none of these."""
    return Membership.id.not_in(sorted(membership_ids))
