"""Queries of proposals that wait, and of those that were turned down."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from timebank.approvals.models import RoleChange
from timebank.approvals.rules import REFUSAL_SHOWN
from timebank.members.models import Membership, Person
from timebank.rows import columns_of, fetch, fetch_first

MOST_WAITING = 50
MOST_REFUSED = 10


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
    refused_because: str | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class RoleChangeRow(_RoleChangeColumns):
    """A proposal to give or take a role: whose it is (name and code of their page), and the proposer's name.

    `refuser` is the name of who turned it down or withdrew it.
    """

    name: str
    member_code: str
    proposer: str
    refuser: str | None


def _role_changes(bank_id: int) -> Select[*tuple[Any, ...]]:
    proposer, proposing = aliased(Membership), aliased(Person)
    refuser, refusing = aliased(Membership), aliased(Person)
    return (
        select(
            *columns_of(RoleChange, _RoleChangeColumns),
            Person.name,
            Membership.code,
            proposing.name,
            refusing.name,
        )
        .join(Membership, (Membership.bank_id == RoleChange.bank_id) & (Membership.id == RoleChange.membership_id))
        .join(Person, Person.id == Membership.person_id)
        .join(proposer, (proposer.bank_id == RoleChange.bank_id) & (proposer.id == RoleChange.proposed_by))
        .join(proposing, proposing.id == proposer.person_id)
        .outerjoin(refuser, (refuser.bank_id == RoleChange.bank_id) & (refuser.id == RoleChange.refused_by))
        .outerjoin(refusing, refusing.id == refuser.person_id)
        .where(RoleChange.bank_id == bank_id)
    )


def list_waiting_roles(session: Session, bank_id: int, *, membership_id: int | None = None) -> list[RoleChangeRow]:
    """Return the oldest proposals that wait, at most MOST_WAITING; of one member only if given."""
    query = _role_changes(bank_id).where(RoleChange.closed_at.is_(None))
    if membership_id is not None:
        query = query.where(RoleChange.membership_id == membership_id)
    return fetch(session, query.order_by(RoleChange.id).limit(MOST_WAITING), RoleChangeRow)


def list_refused_of(session: Session, bank_id: int, membership_id: int) -> list[RoleChangeRow]:
    """Return the proposals about a member's roles that were turned down, newest first, at most MOST_REFUSED."""
    query = _role_changes(bank_id).where(
        RoleChange.membership_id == membership_id, RoleChange.refused_because.is_not(None)
    )
    return fetch(session, query.order_by(RoleChange.closed_at.desc()).limit(MOST_REFUSED), RoleChangeRow)


def list_refused_to_tell(session: Session, bank_id: int, membership_id: int, *, now: datetime) -> list[RoleChangeRow]:
    """Return what this member proposed and others turned down lately, newest first, unless they have put it away."""
    query = _role_changes(bank_id).where(
        RoleChange.proposed_by == membership_id,
        RoleChange.refused_because.is_not(None),
        RoleChange.acknowledged_at.is_(None),
        RoleChange.closed_at > now - REFUSAL_SHOWN,
    )
    return fetch(session, query.order_by(RoleChange.closed_at.desc()).limit(MOST_WAITING), RoleChangeRow)


def find_role_change(session: Session, bank_id: int, code: str) -> RoleChangeRow | None:
    """Return the proposal with this code; None if there is none."""
    return fetch_first(session, _role_changes(bank_id).where(RoleChange.code == code), RoleChangeRow)
