"""On whom a keeper depends for a while: who took them in, gave them a role, or let them in with a code."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from timebank.actors import KEEPERS, Actor, Role, Standing
from timebank.members.models import Membership, MembershipRole
from timebank.members.rules import DEPENDS_FOR, Background, Grant, depends_on

#: Takes a bank's id and the beginning of the time that counts; returns a query of (membership, on whom it depends).
DependenceSource = Callable[[int, datetime], Select[int, int | None]]

_SOURCES: list[DependenceSource] = []


def also_depends_on(source: DependenceSource) -> None:
    """Register on whom members depend besides, for rooms above."""
    _SOURCES.append(source)


def list_depended_on(session: Session, actor: Actor, *, now: datetime) -> frozenset[int]:
    """Return the memberships on whom the actor depends, whose proposals they therefore do not answer."""
    ids = {actor.membership_id}
    backgrounds = _list_backgrounds(session, actor.bank_id, Membership.id.in_(ids), now)
    return _depends_on(backgrounds, actor.membership_id, now)


def list_independent_keepers(
    session: Session, bank_id: int, membership_ids: Collection[int], *, now: datetime
) -> dict[int, frozenset[int]]:
    """Return {membership: the other keepers of the bank of whom neither depends on the other}, in a few queries.

    The suspended count: a coordinator who suspends the others does not become the only one.
    """
    keepers = select(MembershipRole.membership_id).where(
        MembershipRole.bank_id == bank_id, MembershipRole.role.in_(KEEPERS)
    )
    here = Membership.id.in_(keepers) & (Membership.standing != Standing.LEFT)
    backgrounds = _list_backgrounds(session, bank_id, Membership.id.in_(membership_ids) | here, now)
    depended_on = {membership_id: _depends_on(backgrounds, membership_id, now) for membership_id in backgrounds}
    looking_after = {membership_id for membership_id, background in backgrounds.items() if background.keeps}
    return {
        first: frozenset(
            second
            for second in looking_after - {first}
            if second not in depended_on.get(first, ()) and first not in depended_on[second]
        )
        for first in membership_ids
    }


def _depends_on(backgrounds: Mapping[int, Background], membership_id: int, now: datetime) -> frozenset[int]:
    background = backgrounds.get(membership_id)
    return frozenset() if background is None else depends_on(background, now - DEPENDS_FOR)


def _list_backgrounds(
    session: Session, bank_id: int, condition: ColumnElement[bool], now: datetime
) -> dict[int, Background]:
    """Return {membership: their background} of the memberships of a bank that meet the condition."""
    rows = session.execute(
        select(
            Membership.id,
            Membership.admitted_by,
            Membership.joined_on,
            MembershipRole.role,
            MembershipRole.granted_by,
            MembershipRole.granted_at,
        )
        .outerjoin(
            MembershipRole,
            (MembershipRole.bank_id == Membership.bank_id) & (MembershipRole.membership_id == Membership.id),
        )
        .where(Membership.bank_id == bank_id, condition)
    )
    backgrounds = dict[int, Background]()
    for row in rows:
        background = backgrounds.setdefault(row.id, Background(row.admitted_by, row.joined_on))
        if row.role is not None:
            background.grants.append(Grant(Role(row.role), row.granted_by, row.granted_at))
    for source in _SOURCES:
        for membership_id, maker_id in session.execute(source(bank_id, now - DEPENDS_FOR)):
            if membership_id in backgrounds and maker_id is not None:
                backgrounds[membership_id].code_makers.add(maker_id)
    return backgrounds
