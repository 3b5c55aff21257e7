"""Taking people into a bank, and what they change about themselves."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.actors import Doing, Role, Standing, Unattended, may_broker, may_grant
from timebank.banks.actions import MEMBERS_FLOOR
from timebank.banks.models import Bank
from timebank.banks.queries import lock_bank
from timebank.bookkeeping import actions as bookkeeping
from timebank.bookkeeping.opening import open_account
from timebank.bookkeeping.queries import get_account_of_kind
from timebank.errors import NotAllowedError
from timebank.ledger.accounts import AccountKind
from timebank.ledger.entries import EntryKind, Line
from timebank.members.errors import NoWayToReachError
from timebank.members.models import Membership, MembershipRole, Person
from timebank.members.queries import get_rights, list_roles_anywhere
from timebank.references import DeedName, Ref, Subject
from timebank.spelling import fold
from timebank.trail import actions as trail

FIRST_NUMBER = 101
HOLDER_NAME = "Imported listings"


@dataclass(frozen=True, slots=True)
class NewMember:
    """Somebody to be taken in. A phone or an e-mail is enough; neither has to be theirs alone.

    `person_id` is of who is in another bank of the installation already, and stays the same person.
    """

    name: str
    email: str | None = None
    phone: str | None = None
    about: str = ""
    area_id: int | None = None
    roles: frozenset[Role] = field(default_factory=lambda: frozenset({Role.MEMBER}))
    person_id: int | None = None


def admit(session: Session, bank: Bank, newcomer: NewMember, doing: Doing | Unattended) -> Membership:
    """Take somebody into the bank as an active member with an account and their welcome hours from the pot.

    A broker does it, or the administrator's command line, which posts no welcome hours: every posting has a named
    actor. Raises NotAllowedError or NoWayToReachError.
    """
    membership_id, code = clock.next_id(), codes.new_reference()
    content = {"name": newcomer.name, "email": newcomer.email, "phone": newcomer.phone}
    subject = Ref(Subject.MEMBER, code)
    first_code = trail.begin(session, doing, DeedName.MEMBER_ADMITTED, subject, content, is_new=True)
    if first_code is not None:
        return get_membership_by_code(session, bank.id, first_code)
    if doing.by is not None and not may_broker(doing.by):
        raise NotAllowedError
    if not newcomer.email and not newcomer.phone:
        raise NoWayToReachError
    lock_bank(session, bank.id)  # members are numbered one by one
    membership = _enter(session, bank, newcomer, (membership_id, code), doing)
    if isinstance(doing, Doing) and bank.welcome_minutes:
        _welcome(session, bank, membership, doing)
    return membership


def _enter(
    session: Session, bank: Bank, newcomer: NewMember, names: tuple[int, str], doing: Doing | Unattended
) -> Membership:
    """Write the person, the account, the membership under its (id, code), and its roles."""
    membership_id, code = names
    person_id = newcomer.person_id or _enter_person(session, newcomer, doing.now)
    account_id = open_account(
        session,
        bank.id,
        AccountKind.MEMBER,
        membership_id,
        floor=bank.member_floor,
        reason=MEMBERS_FLOOR,
        by=doing.by.membership_id if doing.by else None,
        now=doing.now,
    )
    membership = Membership(
        bank_id=bank.id,
        id=membership_id,
        person_id=person_id,
        account_id=account_id,
        number=next_member_number(session, bank.id),
        code=code,
        standing=Standing.ACTIVE,
        about=newcomer.about,
        area_id=newcomer.area_id,
        joined_on=clock.local_day(doing.now, bank.time_zone),
    )
    session.add(membership)
    session.flush()
    for role in sorted(newcomer.roles):
        session.add(_role(membership, role, doing))
    session.flush()
    return membership


def _enter_person(session: Session, newcomer: NewMember, now: datetime) -> int:
    person = Person(
        id=clock.next_id(),
        name=newcomer.name,
        name_folded=fold(newcomer.name),
        email=newcomer.email,
        phone=newcomer.phone,
        created_at=now,
    )
    session.add(person)
    session.flush()
    return person.id


def _role(membership: Membership, role: Role, doing: Doing | Unattended) -> MembershipRole:
    return MembershipRole(
        bank_id=membership.bank_id,
        membership_id=membership.id,
        role=role,
        granted_by=doing.by.membership_id if doing.by else None,
        granted_at=doing.now,
    )


def next_member_number(session: Session, bank_id: int) -> int:
    """Return the number of the next member. The caller holds the bank's row lock."""
    newest = session.scalar(select(func.max(Membership.number)).where(Membership.bank_id == bank_id))
    return (newest or FIRST_NUMBER - 1) + 1


def _welcome(session: Session, bank: Bank, membership: Membership, doing: Doing) -> None:
    """Welcome hours come from the pot, so that nothing is minted."""
    pot_id = get_account_of_kind(session, bank.id, AccountKind.POT)
    bookkeeping.post(
        session,
        bookkeeping.NewEntry(
            bank_id=bank.id,
            key=f"member:{membership.code}:welcome",
            kind=EntryKind.WELCOME,
            lines=(Line(pot_id, membership.account_id, bank.welcome_minutes),),
            occurred_on=membership.joined_on,
            recorded_at=doing.now,
            recorded_by=doing.by.membership_id,
            deed=str(Ref(Subject.MEMBER, membership.code)),
        ),
    )


def get_membership_by_code(session: Session, bank_id: int, code: str) -> Membership:
    """Return the membership of a bank with this code. Raises NoResultFound."""
    return session.execute(
        select(Membership).where(Membership.bank_id == bank_id, Membership.code == code)
    ).scalar_one()


def get_or_make_holder(session: Session, bank: Bank, *, now: datetime) -> Membership:
    """Return the bank's holder of imported listings, made at the first call, without roles, contact or sign-in."""
    lock_bank(session, bank.id)  # so that concurrent calls make one
    holder = session.scalar(select(Membership).where(Membership.bank_id == bank.id, Membership.is_holder))
    if holder is not None:
        return holder
    person = Person(id=clock.next_id(), name=HOLDER_NAME, name_folded=fold(HOLDER_NAME), created_at=now)
    membership_id, reason = clock.next_id(), "holder of imported listings"
    account_id = open_account(
        session, bank.id, AccountKind.MEMBER, membership_id, floor=0, reason=reason, by=None, now=now
    )
    session.add(person)
    session.flush()
    holder = Membership(
        bank_id=bank.id,
        id=membership_id,
        person_id=person.id,
        account_id=account_id,
        number=next_member_number(session, bank.id),
        code=codes.new_reference(),
        standing=Standing.LEFT,
        about="",
        joined_on=clock.local_day(now, bank.time_zone),
        is_holder=True,
    )
    session.add(holder)
    session.flush()
    trail.begin(session, Unattended(bank.id, now), DeedName.HOLDER_MADE, Ref(Subject.MEMBER, holder.code))
    return holder


@dataclass(frozen=True, slots=True)
class Profile:
    """A member's contact and text about themselves, and which contact they show to those with whom they agreed help."""

    name: str
    email: str | None
    phone: str | None
    about: str
    area_id: int | None = None
    shows_phone: bool = False
    shows_email: bool = False


def change_profile(session: Session, profile: Profile, doing: Doing) -> None:
    """Change one's own name, contact, area and words; a broker who acts for a member can do it for them.

    Not for somebody with a role, since what is sent to a contact could lend it. The last submission counts: a form
    that comes again, with other words, is another deed. Raises NoWayToReachError or NotAllowedError.
    """
    actor = doing.by
    trail.begin(session, doing.part_of_it(), DeedName.PROFILE_CHANGED, Ref(Subject.MEMBER, actor.code))
    if not profile.email and not profile.phone:
        raise NoWayToReachError
    if actor.hand is not None and list_roles_anywhere(session, actor.person_id) - {Role.MEMBER}:
        raise NotAllowedError
    person = session.get_one(Person, actor.person_id)
    person.name, person.name_folded = profile.name, fold(profile.name)
    person.email, person.phone = profile.email, profile.phone
    membership = session.get_one(Membership, (actor.bank_id, actor.membership_id))
    membership.about, membership.area_id = profile.about, profile.area_id
    membership.shows_phone, membership.shows_email = profile.shows_phone, profile.shows_email
    session.flush()


def set_roles(session: Session, membership: Membership, roles: frozenset[Role], doing: Doing) -> None:
    """Give and take a membership's roles, so that it holds just these and 'member' if it had that.

    The actor's rights are read under the bank's lock: of two coordinators who demote each other at once the second is
    refused, so that one always stays. Raises NotAllowedError where the actor is no coordinator, or it is their own.
    """
    lock_bank(session, doing.bank_id)
    by = get_rights(session, doing.by)
    held = {
        Role(role)
        for role in session.scalars(
            select(MembershipRole.role).where(
                MembershipRole.bank_id == membership.bank_id, MembershipRole.membership_id == membership.id
            )
        )
    }
    kept = {role for role in roles if role is not Role.MEMBER} | ({Role.MEMBER} & held)
    for role in sorted(kept ^ held):
        if not may_grant(by, role, to_membership=membership.id):
            raise NotAllowedError
        verb = "given" if role in kept else "taken"
        subject = Ref(Subject.MEMBER, membership.code)
        trail.begin(session, doing.part_of_it(), DeedName(f"role.{verb}.{role}"), subject)
        if role in kept:
            session.add(_role(membership, role, doing))
        else:
            session.execute(
                delete(MembershipRole).where(
                    MembershipRole.bank_id == membership.bank_id,
                    MembershipRole.membership_id == membership.id,
                    MembershipRole.role == role,
                )
            )
    session.flush()
