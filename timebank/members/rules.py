"""Who a member is to the bank, and what their roles let them do. Values in, answers out."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum


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


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody about to do something: a person through one membership of one bank, with its roles."""

    bank_id: int
    membership_id: int
    person_id: int
    account_id: int
    name: str
    code: str
    number: int
    roles: frozenset[Role]
    standing: Standing = Standing.ACTIVE

    @property
    def is_active(self) -> bool:
        """Whether they may act at all."""
        return self.standing is Standing.ACTIVE


def fold(name: str) -> str:
    """A name as it is searched: without accents, case or double spaces, so that 'zoe' finds 'Zoë'."""
    apart = unicodedata.normalize("NFKD", name)
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return " ".join(bare.casefold().split())


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


def may_grant(actor: Actor, role: Role, *, to_membership: int) -> bool:
    """A coordinator gives and takes roles, but never their own, so that nobody lifts themselves."""
    return may_coordinate(actor) and actor.membership_id != to_membership and role is not Role.MEMBER
