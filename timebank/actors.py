"""Who does something in a bank, when, and what their roles let them do. Pure: no session and no clock."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from timebank.spelling import tidy
from timebank.states import InState


class Role(StrEnum):
    """A role in a bank; one membership can have several."""

    MEMBER = "member"
    BROKER = "broker"
    COORDINATOR = "coordinator"
    TRUSTEE = "trustee"
    AUDITOR = "auditor"


class Standing(StrEnum):
    """The standing of a membership. Only an active one gives, receives or acts."""

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
    """How a member instructed a broker; with `request`, by asking everybody for help, which the broker looked for.

    With `time` they did not answer, and a coordinator confirms for them by the bank's rule. With `text`
    no broker acts: they answered by a text message themselves.
    """

    PHONE = "phone"
    PAPER = "paper"
    IN_PERSON = "in_person"
    SLIP = "slip"
    REQUEST = "request"
    TIME = "time"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Hand:
    """A broker who acts for a member: who they are, how the member instructed them, and the evidence."""

    membership_id: int
    account_id: int
    name: str
    code: str
    how: How
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class CodeMaker:
    """The broker who made, and therefore has seen, the sign-in code that opened a session."""

    membership_id: int
    account_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Actor(OfMember):
    """Who performs an action: a person through one membership of one bank, with its roles.

    If a broker acts for them, `hand` is that broker, and the roles are a member's only. So they are where a code opened
    the session that its maker, `code_maker`, could have used as well. `by_text` where nobody is signed in: the member
    answers by a text message.
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
    code_maker: CodeMaker | None = None
    by_text: bool = False

    @property
    def doer_id(self) -> int:
        """Return the membership that acts: the broker's if one acts for the member."""
        return self.hand.membership_id if self.hand else self.membership_id

    @property
    def on_behalf_of(self) -> int | None:
        """Return the membership for whom a broker acts; None if members act for themselves."""
        return self.membership_id if self.hand else None

    @property
    def is_lent(self) -> bool:
        """Return whether a broker acts for the member, or has seen the code that let them in."""
        return self.hand is not None or self.code_maker is not None

    def with_evidence(self, evidence: str | None, *, slip: bool = False) -> "Actor":
        """Return the actor with the broker's evidence: the time of a call, a letter, a slip signed by both."""
        if self.hand is None:
            return self
        how = How.SLIP if slip else self.hand.how
        return replace(self, hand=replace(self.hand, evidence=tidy(evidence), how=how))


@dataclass(frozen=True, slots=True)
class Doing:
    """The actor, the time (aware UTC) and the form key of an action; every action takes one.

    The key makes the action idempotent: a repeated submission returns the result of the first.
    """

    by: Actor
    now: datetime
    form_key: str | None = None

    @property
    def bank_id(self) -> int:
        """Return the bank of the actor."""
        return self.by.bank_id

    @property
    def doer_id(self) -> int:
        """Return `by.doer_id`."""
        return self.by.doer_id

    @property
    def on_behalf_of(self) -> int | None:
        """Return `by.on_behalf_of`."""
        return self.by.on_behalf_of

    @property
    def code_made_by(self) -> int | None:
        """Return the membership whose sign-in code opened the actor's session; None if it has seen no code."""
        return self.by.code_maker.membership_id if self.by.code_maker else None

    def part_of_it(self, by: Actor | None = None) -> "Doing":
        """Return the value for an action that is a part of this one: without the key, which is unique on the trail."""
        return Doing(by or self.by, self.now)


@dataclass(frozen=True, slots=True)
class Unattended:
    """A `Doing` without an actor: the command line, a sweep, an application by somebody who is not a member yet.

    `doer_id` is the membership that is recorded as the doer, if there is one.
    """

    bank_id: int
    now: datetime
    doer_id: int | None = None

    @property
    def by(self) -> None:
        """Return None."""
        return None

    @property
    def on_behalf_of(self) -> None:
        """Return None."""
        return None

    @property
    def code_made_by(self) -> None:
        """Return None."""
        return None

    @property
    def form_key(self) -> None:
        """Return None: the trail stores form keys of members only."""
        return None

    def part_of_it(self) -> "Unattended":
        """Return itself, as `Doing.part_of_it`."""
        return self


#: Who can be a second approver, and who looks at what another has done: they take people in, approve, or both.
APPROVERS = (Role.COORDINATOR, Role.TRUSTEE)
KEEPERS = (Role.BROKER, *APPROVERS)


def may_exchange(actor: Actor) -> bool:
    """Return whether the actor gives and receives: an active member, not only a trustee or auditor."""
    return actor.is_active and Role.MEMBER in actor.roles


def may_broker(actor: Actor) -> bool:
    """Return whether the actor is an active broker or coordinator."""
    return actor.is_active and bool(actor.roles & {Role.BROKER, Role.COORDINATOR})


def may_coordinate(actor: Actor) -> bool:
    """Return whether the actor is an active coordinator, who sets rules and corrects mistakes."""
    return actor.is_active and Role.COORDINATOR in actor.roles


def may_approve(actor: Actor) -> bool:
    """Return whether the actor can be a second approver: an active coordinator or trustee."""
    return actor.is_active and not actor.roles.isdisjoint(APPROVERS)


def may_audit(actor: Actor) -> bool:
    """Return whether the actor may read the books of the whole bank."""
    return actor.is_active and bool(actor.roles & {Role.COORDINATOR, Role.TRUSTEE, Role.AUDITOR})


def may_see_all_exchanges(actor: Actor) -> bool:
    """Return whether the actor may see the balances and exchanges of others: those who look after the bank."""
    return may_broker(actor) or may_audit(actor)


def may_change_limit(actor: Actor, *, of_membership: int) -> bool:
    """Return whether the actor is a broker, and the limit another member's."""
    return may_broker(actor) and actor.membership_id != of_membership


def may_grant(actor: Actor, role: Role, *, to_membership: int) -> bool:
    """Return whether the actor is a coordinator and the role another member's, so that nobody promotes themselves."""
    return may_coordinate(actor) and actor.membership_id != to_membership and role is not Role.MEMBER


def may_prove_contact(actor: Actor, member: Actor) -> bool:
    """Return whether the actor may say that a contact is the member's: as with their standing, and in person."""
    return actor.hand is None and may_change_standing(actor, member)


#: Where a membership may go from where it stands. Who left can come back.
STANDINGS: dict[Standing, tuple[Standing, ...]] = {
    Standing.ACTIVE: (Standing.SUSPENDED, Standing.LEFT),
    Standing.SUSPENDED: (Standing.ACTIVE, Standing.LEFT),
    Standing.LEFT: (Standing.ACTIVE,),
}


def may_change_standing(actor: Actor, member: Actor) -> bool:
    """Return whether the actor is a broker, or a coordinator if the member has a role; nobody may change their own."""
    if actor.bank_id != member.bank_id or actor.membership_id == member.membership_id:
        return False
    return may_coordinate(actor) if member.roles - {Role.MEMBER} else may_broker(actor)


def may_read_own_hours(actor: Actor) -> bool:
    """Return whether the actor has an account to read: a member who has not left, suspended ones too."""
    return actor.standing is not Standing.LEFT and Role.MEMBER in actor.roles


def may_act_for(broker: Actor, member: Actor) -> bool:
    """Return whether the broker may act for the member: any other who exchanges."""
    other = broker.membership_id != member.membership_id
    return other and broker.hand is None and may_broker(broker) and may_exchange(member)


def signed_in_by_code(actor: Actor, maker: CodeMaker) -> Actor:
    """Return the actor in a session that a code of the maker opened: with a member's roles only."""
    return replace(actor, roles=actor.roles & {Role.MEMBER}, code_maker=maker)


def acting_for(broker: Actor, member: Actor, how: How) -> Actor:
    """Return the member as an actor with the broker's hand, with a member's roles only."""
    hand = Hand(broker.membership_id, broker.account_id, broker.name, broker.code, how)
    return replace(member, roles=frozenset({Role.MEMBER}), hand=hand)
