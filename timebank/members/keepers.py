"""Queries for those who look after a bank: who can approve, who waits for a second look, and how somebody stood."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.actors import APPROVERS, Role, Standing
from timebank.members.models import Membership, MembershipRole, Person, StandingChange
from timebank.rows import columns_of, fetch

MOST_WAITING = 25


class StandingChangeRow(NamedTuple):
    """A change of standing; its columns mean what they mean in `StandingChange`."""

    standing: str
    reason: str
    done_by: int
    done_at: datetime


def list_standing_changes(session: Session, bank_id: int, membership_id: int) -> list[StandingChangeRow]:
    """Return the changes of a membership's standing, newest first."""
    query = select(*columns_of(StandingChange, StandingChangeRow)).where(
        StandingChange.bank_id == bank_id, StandingChange.membership_id == membership_id
    )
    return fetch(session, query.order_by(StandingChange.number.desc()), StandingChangeRow)


def has_other_broker(session: Session, bank_id: int, member_ids: Collection[int]) -> bool:
    """Return whether anybody but these memberships looks after the bank as a broker or coordinator now."""
    query = (
        select(Membership.id)
        .join(
            MembershipRole,
            (MembershipRole.bank_id == Membership.bank_id) & (MembershipRole.membership_id == Membership.id),
        )
        .where(Membership.bank_id == bank_id, Membership.standing == Standing.ACTIVE)
        .where(MembershipRole.role.in_([Role.BROKER, Role.COORDINATOR]), Membership.id.not_in(member_ids))
    )
    return session.scalars(query.limit(1)).first() is not None


def list_approver_names(session: Session, bank_id: int, *, but: Sequence[int]) -> list[str]:
    """Return the names of the bank's active coordinators and trustees but these memberships, by name."""
    query = (
        select(Person.name)
        .join(Membership, Membership.person_id == Person.id)
        .join(
            MembershipRole,
            (MembershipRole.bank_id == Membership.bank_id) & (MembershipRole.membership_id == Membership.id),
        )
        .where(
            Membership.bank_id == bank_id,
            Membership.standing == Standing.ACTIVE,
            Membership.id.not_in(but),
            MembershipRole.role.in_(APPROVERS),
        )
        .distinct()
    )
    return list(session.scalars(query.order_by(Person.name)))


def has_other_coordinator(session: Session, membership: Membership) -> bool:
    """Return whether another active member of the bank is a coordinator; the bank is locked."""
    query = (
        select(Membership.id)
        .join(
            MembershipRole,
            (Membership.bank_id == MembershipRole.bank_id) & (Membership.id == MembershipRole.membership_id),
        )
        .where(
            MembershipRole.bank_id == membership.bank_id,
            MembershipRole.role == Role.COORDINATOR,
            Membership.standing == Standing.ACTIVE,
            Membership.id != membership.id,
        )
    )
    return session.scalar(query.limit(1)) is not None


class WaitingNewcomer(NamedTuple):
    """A member whose welcome hours wait for a second keeper; `admitted_by` alone took them in."""

    name: str
    code: str
    admitted_by: int
    joined_on: date


def list_welcome_waiting(session: Session, bank_id: int) -> list[WaitingNewcomer]:
    """Return the active members whose welcome hours wait, oldest first, at most MOST_WAITING."""
    query = (
        select(Person.name, Membership.code, Membership.admitted_by, Membership.joined_on)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.bank_id == bank_id,
            Membership.welcome_waits,
            Membership.admitted_by.is_not(None),
            Membership.standing == Standing.ACTIVE,
        )
    )
    return fetch(session, query.order_by(Membership.id).limit(MOST_WAITING), WaitingNewcomer)
