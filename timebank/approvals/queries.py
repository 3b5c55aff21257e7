"""Queries of proposals that wait, and of the members on whom an approver depends."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select, union
from sqlalchemy.orm import Session, aliased

from timebank.actors import Actor, Role
from timebank.approvals.models import RoleChange
from timebank.approvals.rules import DEPENDS_FOR
from timebank.members.models import Membership, MembershipRole, Person
from timebank.rows import columns_of, fetch, fetch_first
from timebank.signing_in.models import SignInCode

_APPROVES = (Role.COORDINATOR, Role.TRUSTEE)


def list_depended_on(session: Session, actor: Actor, *, now: datetime) -> frozenset[int]:
    """Return the memberships who within DEPENDS_FOR took the actor in, gave them a role or made a code they used.

    Whom the administrator's command line made a coordinator or trustee depends on nobody.
    """
    since = now - DEPENDS_FOR
    own = (MembershipRole.bank_id == actor.bank_id, MembershipRole.membership_id == actor.membership_id)
    named = select(MembershipRole.role).where(
        *own, MembershipRole.granted_by.is_(None), MembershipRole.role.in_(_APPROVES)
    )
    if session.scalar(named.limit(1)) is not None:
        return frozenset()
    took_in = select(Membership.admitted_by).where(
        Membership.bank_id == actor.bank_id,
        Membership.id == actor.membership_id,
        Membership.joined_on > _day_of(since),
    )
    gave_role = select(MembershipRole.granted_by).where(*own, MembershipRole.granted_at > since)
    made_code = select(SignInCode.made_by).where(
        SignInCode.bank_id == actor.bank_id,
        SignInCode.person_id == actor.person_id,
        SignInCode.code_digest.is_not(None),
        SignInCode.used_at > since,
    )
    ids = session.scalars(union(took_in, gave_role, made_code))
    return frozenset(membership_id for membership_id in ids if membership_id is not None)


def _day_of(moment: datetime) -> date:
    return moment.date()


@dataclass(frozen=True, slots=True)
class _RoleChangeColumns:
    """The columns of `RoleChange` that pages show."""

    id: int
    code: str
    membership_id: int
    role: str
    gives: bool
    proposed_by: int
    proposed_at: datetime
    approved_by: int | None
    refused_by: int | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class RoleChangeRow(_RoleChangeColumns):
    """A proposal to give or take a role: whose it is (name and code of their page), and the proposer's name."""

    name: str
    member_code: str
    proposer: str


def _role_changes(bank_id: int) -> Select[*tuple[Any, ...]]:
    proposer, proposing = aliased(Membership), aliased(Person)
    return (
        select(
            *columns_of(RoleChange, _RoleChangeColumns),
            Person.name,
            Membership.code,
            proposing.name,
        )
        .join(Membership, (Membership.bank_id == RoleChange.bank_id) & (Membership.id == RoleChange.membership_id))
        .join(Person, Person.id == Membership.person_id)
        .join(proposer, (proposer.bank_id == RoleChange.bank_id) & (proposer.id == RoleChange.proposed_by))
        .join(proposing, proposing.id == proposer.person_id)
        .where(RoleChange.bank_id == bank_id)
    )


def list_waiting_roles(session: Session, bank_id: int, *, membership_id: int | None = None) -> list[RoleChangeRow]:
    """Return the proposals that wait, oldest first; of one member only if given."""
    query = _role_changes(bank_id).where(RoleChange.closed_at.is_(None))
    if membership_id is not None:
        query = query.where(RoleChange.membership_id == membership_id)
    return fetch(session, query.order_by(RoleChange.id), RoleChangeRow)


def find_role_change(session: Session, bank_id: int, code: str) -> RoleChangeRow | None:
    """Return the proposal with this code; None if there is none."""
    return fetch_first(session, _role_changes(bank_id).where(RoleChange.code == code), RoleChangeRow)
