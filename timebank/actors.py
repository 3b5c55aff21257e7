"""Who does something in a bank, when, and what their roles let them do. Pure: no session and no clock."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from timebank.states import InState


class Role(StrEnum):
    """What somebody does in a bank; one membership can hold several."""

    MEMBER = "member"
    BROKER = "broker"
    COORDINATOR = "coordinator"
    TRUSTEE = "trustee"
    AUDITOR = "auditor"


class Standing(StrEnum):
    """Where a membership stands. Only an active one gives, receives or acts."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEFT = "left"


class OfMember:
    """Questions about the standing of a membership, for objects with the field `standing`. Only an active one acts."""

    __slots__ = ()

    is_active = InState("standing", Standing.ACTIVE)
    is_suspended = InState("standing", Standing.SUSPENDED)
    has_left = InState("standing", Standing.LEFT)


class How(StrEnum):
    """How a member told a broker what to do for them."""

    PHONE = "phone"
    PAPER = "paper"
    IN_PERSON = "in_person"
    SLIP = "slip"


@dataclass(frozen=True, slots=True)
class Hand:
    """A broker who acts for a member: who they are, how the member told them, and what there is to show for it."""

    membership_id: int
    account_id: int
    name: str
    code: str
    how: How
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Actor(OfMember):
    """Somebody about to do something: a person through one membership of one bank, with its roles.

    Where a broker acts for them, `hand` is that broker, and the roles are no more than a member's.
    """

    bank_id: int
    membership_id: int
    person_id: int
    account_id: int
    name: str
    code: str
    number: int
    roles: frozenset[Role]
    standing: Standing = Standing.ACTIVE
    hand: Hand | None = None

    @property
    def doer_id(self) -> int:
        """The membership that does it: the broker's where one acts for the member."""
        return self.hand.membership_id if self.hand else self.membership_id

    @property
    def on_behalf_of(self) -> int | None:
        """The membership for whom a broker does it; None where members act for themselves."""
        return self.membership_id if self.hand else None

    def with_evidence(self, evidence: str | None, *, slip: bool = False) -> "Actor":
        """The same, with what the broker has to show for it: a time of call, a letter, a slip signed by both."""
        if self.hand is None:
            return self
        how = How.SLIP if slip else self.hand.how
        return replace(self, hand=replace(self.hand, evidence=" ".join((evidence or "").split()), how=how))


@dataclass(frozen=True, slots=True)
class Doing:
    """Who does something, when (aware UTC), and the key of the form that asked for it: what every action takes.

    The key makes an action idempotent: the same form again returns what its first submission produced.
    """

    by: Actor
    now: datetime
    form_key: str | None = None

    @property
    def bank_id(self) -> int:
        """The bank of the actor, in which everything happens."""
        return self.by.bank_id

    @property
    def doer_id(self) -> int:
        """The membership that does it, as `Actor.doer_id`."""
        return self.by.doer_id

    @property
    def on_behalf_of(self) -> int | None:
        """The membership for whom a broker does it, as `Actor.on_behalf_of`."""
        return self.by.on_behalf_of

    def part_of_it(self, by: Actor | None = None) -> "Doing":
        """Return what another action is given that is done as a part of this one: the form's key is used up."""
        return Doing(by or self.by, self.now)


@dataclass(frozen=True, slots=True)
class Unattended:
    """The same for what no member does now: the command line, a sweep, an application by who is no member yet.

    `doer_id` is the membership in whose name it happens, where there is one.
    """

    bank_id: int
    now: datetime
    doer_id: int | None = None

    @property
    def by(self) -> None:
        """Nobody."""
        return None

    @property
    def on_behalf_of(self) -> None:
        """Nobody."""
        return None

    @property
    def form_key(self) -> None:
        """None: without a membership a form's key cannot be kept on the trail."""
        return None

    def part_of_it(self) -> "Unattended":
        """Return itself, as `Doing.part_of_it`."""
        return self


def may_exchange(actor: Actor) -> bool:
    """Members give and receive; trustees and auditors who are not members too only look and approve."""
    return actor.is_active and Role.MEMBER in actor.roles


def may_broker(actor: Actor) -> bool:
    """Brokers look after members; a coordinator can do all that a broker can."""
    return actor.is_active and bool(actor.roles & {Role.BROKER, Role.COORDINATOR})


def may_coordinate(actor: Actor) -> bool:
    """Coordinators set rules and correct mistakes."""
    return actor.is_active and Role.COORDINATOR in actor.roles


def may_approve(actor: Actor) -> bool:
    """A second pair of eyes: another coordinator or a trustee."""
    return actor.is_active and bool(actor.roles & {Role.COORDINATOR, Role.TRUSTEE})


def may_audit(actor: Actor) -> bool:
    """Who may read the books of the whole bank: those who answer for them, and the auditor."""
    return actor.is_active and bool(actor.roles & {Role.COORDINATOR, Role.TRUSTEE, Role.AUDITOR})


def may_see_all_exchanges(actor: Actor) -> bool:
    """Balances and exchanges are private, but for those who look after the bank."""
    return may_broker(actor) or may_audit(actor)


def may_change_limit(actor: Actor, *, of_membership: int) -> bool:
    """A broker says how far another member may go below zero for a time, but never says it of themselves."""
    return may_broker(actor) and actor.membership_id != of_membership


def may_grant(actor: Actor, role: Role, *, to_membership: int) -> bool:
    """A coordinator gives and takes roles, but never their own, so that nobody lifts themselves."""
    return may_coordinate(actor) and actor.membership_id != to_membership and role is not Role.MEMBER


#: Where a membership may go from where it stands. Who left can come back.
STANDINGS: dict[Standing, tuple[Standing, ...]] = {
    Standing.ACTIVE: (Standing.SUSPENDED, Standing.LEFT),
    Standing.SUSPENDED: (Standing.ACTIVE, Standing.LEFT),
    Standing.LEFT: (Standing.ACTIVE,),
}


def may_change_standing(actor: Actor, member: Actor) -> bool:
    """A broker, never their own; a coordinator where the other looks after the bank or audits it."""
    if actor.bank_id != member.bank_id or actor.membership_id == member.membership_id:
        return False
    return may_coordinate(actor) if member.roles - {Role.MEMBER} else may_broker(actor)


def may_read_own_hours(actor: Actor) -> bool:
    """Who gives and receives; a suspended member too, since what is theirs stays theirs to read."""
    return actor.standing is not Standing.LEFT and Role.MEMBER in actor.roles


def may_act_for(broker: Actor, member: Actor) -> bool:
    """A broker acts for any other member who exchanges."""
    other = broker.membership_id != member.membership_id
    return other and broker.hand is None and may_broker(broker) and may_exchange(member)


def acting_for(broker: Actor, member: Actor, how: How) -> Actor:
    """The member, moved by the broker's hand, with a member's roles only, whatever else the member is."""
    hand = Hand(broker.membership_id, broker.account_id, broker.name, broker.code, how)
    return replace(member, roles=frozenset({Role.MEMBER}), hand=hand)
