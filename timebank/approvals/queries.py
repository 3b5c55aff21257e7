"""Queries of proposals that wait."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from timebank.approvals.models import RoleChange
from timebank.members.models import Membership, Person
from timebank.rows import columns_of, fetch, fetch_first

MOST_WAITING = 50


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
    """Return the oldest proposals that wait, at most MOST_WAITING; of one member only if given."""
    query = _role_changes(bank_id).where(RoleChange.closed_at.is_(None))
    if membership_id is not None:
        query = query.where(RoleChange.membership_id == membership_id)
    return fetch(session, query.order_by(RoleChange.id).limit(MOST_WAITING), RoleChangeRow)


def find_role_change(session: Session, bank_id: int, code: str) -> RoleChangeRow | None:
    """Return the proposal with this code; None if there is none."""
    return fetch_first(session, _role_changes(bank_id).where(RoleChange.code == code), RoleChangeRow)
