"""On whom a keeper depends for a while: who took them in, gave them a role, or let them in with a code."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, select, union
from sqlalchemy.orm import Session

from timebank.actors import KEEPERS, Actor, Standing
from timebank.members.models import Membership, MembershipRole
from timebank.members.rules import DEPENDS_FOR


class Keeper(NamedTuple):
    """Somebody who looks after a bank, as far as it is asked on whom they depend."""

    bank_id: int
    membership_id: int
    person_id: int


#: Takes a keeper and the beginning of the time that counts; returns a query of memberships (or NULL).
DependenceSource = Callable[[Keeper, datetime], Select[int | None]]

_SOURCES: list[DependenceSource] = []


def also_depends_on(source: DependenceSource) -> None:
    """Register whom a keeper depends on besides, for rooms above."""
    _SOURCES.append(source)


def list_depended_on(session: Session, keeper: Actor | Keeper, *, now: datetime) -> frozenset[int]:
    """Return the memberships who within DEPENDS_FOR took the keeper in, gave them a role or made a code they used.

    Whom the administrator's command line gave such a role depends on nobody.
    """
    since = now - DEPENDS_FOR
    own = (MembershipRole.bank_id == keeper.bank_id, MembershipRole.membership_id == keeper.membership_id)
    named = select(MembershipRole.role).where(
        *own, MembershipRole.granted_by.is_(None), MembershipRole.role.in_(KEEPERS)
    )
    if session.scalar(named.limit(1)) is not None:
        return frozenset()
    took_in = select(Membership.admitted_by).where(
        Membership.bank_id == keeper.bank_id,
        Membership.id == keeper.membership_id,
        Membership.joined_on > since.date(),
    )
    gave_role = select(MembershipRole.granted_by).where(*own, MembershipRole.granted_at > since)
    more = (source(Keeper(keeper.bank_id, keeper.membership_id, keeper.person_id), since) for source in _SOURCES)
    ids = session.scalars(union(took_in, gave_role, *more))
    return frozenset(membership_id for membership_id in ids if membership_id is not None)


def list_independent_keepers(session: Session, bank_id: int, membership_id: int, *, now: datetime) -> frozenset[int]:
    """Return the other active keepers of the bank of whom neither depends on the other, by membership."""
    rows = session.execute(
        select(Membership.id, Membership.person_id)
        .join(
            MembershipRole,
            (MembershipRole.bank_id == Membership.bank_id) & (MembershipRole.membership_id == Membership.id),
        )
        .where(
            Membership.bank_id == bank_id,
            (Membership.standing == Standing.ACTIVE) | (Membership.id == membership_id),
            MembershipRole.role.in_(KEEPERS) | (Membership.id == membership_id),
        )
        .distinct()
    )
    keepers = {row.id: Keeper(bank_id, row.id, row.person_id) for row in rows}
    own = keepers.pop(membership_id, None)
    depends_on = list_depended_on(session, own, now=now) if own else frozenset()
    return frozenset(
        keeper.membership_id
        for keeper in keepers.values()
        if keeper.membership_id not in depends_on and membership_id not in list_depended_on(session, keeper, now=now)
    )
