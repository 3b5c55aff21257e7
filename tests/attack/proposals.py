"""What waits in the attacked town for a second keeper, and somebody who depends on the first and may not be that."""

from itertools import cycle

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank import clock
from timebank.actors import Actor, Doing, Role
from timebank.approvals.roles import set_roles
from timebank.banks.models import Bank
from timebank.members import roles
from timebank.members.actions import NewMember, admit, get_membership_by_code
from timebank.members.models import Membership, MembershipRole, Person
from timebank.members.queries import find_actor_by_code
from timebank.signing_in.code_actions import make_half

#: Who waits for welcome hours and for roles, of which each bank's coordinator proposes some.
NEWCOMERS = ("Avocet", "Bittern", "Curlew", "Dunlin")
_PROPOSED = (Role.TRUSTEE, Role.AUDITOR)


def let_wait(session: Session, bank: Bank, proposer: Actor, name: str, dependant: str) -> None:
    """Take in newcomers and propose roles as one keeper, and make first halves of codes for the others.

    `dependant` is the name of a new trustee whom the proposer has made, and who answers none of it.
    """
    _make_dependant(session, bank, proposer, dependant)
    now = clock.now()
    for newcomer, role in zip(NEWCOMERS, cycle(_PROPOSED), strict=False):
        member = _take_in(session, bank, f"{newcomer} {name}", proposer, welcome_waits=True)
        membership = get_membership_by_code(session, bank.id, member.code)
        set_roles(session, membership, member.roles | {role}, Doing(proposer, now), before=member.roles)
    for keeper in _list_keepers(session, bank):
        if keeper.membership_id != proposer.membership_id:
            make_half(session, keeper, Doing(proposer, now))


def _make_dependant(session: Session, bank: Bank, maker: Actor, name: str) -> None:
    trustee = _take_in(session, bank, name, maker)
    membership = get_membership_by_code(session, bank.id, trustee.code)
    roles.give(session, membership, Role.TRUSTEE, Doing(maker, clock.now()), granted_by=maker.membership_id)


def _take_in(session: Session, bank: Bank, name: str, by: Actor, *, welcome_waits: bool = False) -> Actor:
    email = f"{name.partition(' ')[0].lower()}@example.org"
    newcomer = NewMember(name, email=email, needs_second_keeper=welcome_waits)
    membership = admit(session, bank, newcomer, Doing(by, clock.now()))
    actor = find_actor_by_code(session, bank.id, membership.code)
    assert actor is not None
    return actor


def _list_keepers(session: Session, bank: Bank) -> list[Actor]:
    keeping = select(MembershipRole.membership_id).where(
        MembershipRole.bank_id == bank.id, MembershipRole.role != Role.MEMBER
    )
    query = select(Membership.code).where(Membership.bank_id == bank.id, Membership.id.in_(keeping))
    actors = [find_actor_by_code(session, bank.id, code) for code in session.scalars(query.order_by(Membership.id))]
    return [actor for actor in actors if actor is not None]


def find_by_email(session: Session, bank: Bank, email: str) -> Actor:
    """Return the member of the bank with this e-mail address."""
    query = select(Membership.code).join(Person, Person.id == Membership.person_id)
    code = session.scalars(query.where(Membership.bank_id == bank.id, Person.email == email)).one()
    actor = find_actor_by_code(session, bank.id, code)
    assert actor is not None
    return actor
