"""Which roles wait for a second approver, and who may answer. Pure."""

from collections.abc import Collection
from datetime import timedelta

from timebank.actors import Actor, Role, may_approve, may_broker, may_coordinate

#: Who holds one of these can approve what another proposes, or audits it: so no one person gives or takes it.
NEED_APPROVAL = frozenset({Role.COORDINATOR, Role.TRUSTEE, Role.AUDITOR})

#: How long the desk of who proposed a role says that it was turned down, unless they put it away before.
REFUSAL_SHOWN = timedelta(days=14)


def is_independent(actor: Actor, *, proposed_by: int, depends_on: Collection[int]) -> bool:
    """Return whether the actor is another person than the proposer, and does not depend on them.

    `depends_on` are the memberships on whom the actor depends: see `members.depending`.
    """
    return actor.membership_id != proposed_by and proposed_by not in depends_on


def may_answer_role(actor: Actor, *, proposed_by: int, of_membership: int, depends_on: Collection[int]) -> bool:
    """Return whether the actor is a second approver whose own role it is not."""
    independent = is_independent(actor, proposed_by=proposed_by, depends_on=depends_on)
    return may_approve(actor) and independent and actor.membership_id != of_membership


def may_withdraw_role(actor: Actor, *, proposed_by: int) -> bool:
    """Return whether the actor proposed it, and is still a coordinator."""
    return may_coordinate(actor) and actor.membership_id == proposed_by


def may_acknowledge(actor: Actor, *, proposed_by: int, refused_by: int | None) -> bool:
    """Return whether the actor proposed in person what another has turned down."""
    is_own = actor.is_active and actor.hand is None and actor.membership_id == proposed_by
    return is_own and refused_by is not None and refused_by != proposed_by


def may_welcome(actor: Actor, *, of_membership: int, independent: Collection[int]) -> bool:
    """Return whether the actor is a second keeper for somebody else.

    `independent` are the keepers of whom neither depends on who took the member in, nor the other way round: a broker
    whom one coordinator alone has made is no second one for her.
    """
    keeps = may_broker(actor) or may_approve(actor)
    return keeps and actor.membership_id != of_membership and actor.membership_id in independent
