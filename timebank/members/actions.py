"""Taking people into a bank."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.actors import Doing, Role, Standing, Unattended, may_broker
from timebank.banks.actions import MEMBERS_FLOOR
from timebank.banks.models import Bank
from timebank.banks.queries import lock_bank
from timebank.bookkeeping import actions as bookkeeping
from timebank.bookkeeping.opening import open_account
from timebank.bookkeeping.queries import get_account_of_kind
from timebank.errors import NotAllowedError
from timebank.ledger.accounts import AccountKind
from timebank.ledger.entries import EntryKind, Line
from timebank.members import roles
from timebank.members.errors import NoWayToReachError
from timebank.members.models import Membership, MembershipRole, Person
from timebank.members.rules import CONTACT_TRUSTED_AFTER, ContactKind
from timebank.references import DeedName, Ref, Subject
from timebank.spelling import fold
from timebank.tasks.actions import open_task
from timebank.tasks.rules import TaskKind
from timebank.trail import actions as trail

FIRST_NUMBER = 101
HOLDER_NAME = "Imported listings"


@dataclass(frozen=True, slots=True)
class NewMember:
    """Somebody to be taken in. A phone or an e-mail is enough; neither has to be theirs alone.

    `person_id` is of who is in another bank of the installation already, and stays the same person. `proved` are the
    contacts on which the broker has reached them: they can sign in with these. `needs_second_keeper` says
    that one keeper alone took them in, and there is another: then the welcome hours wait. `contacts_are_own` where they
    have typed them themselves.
    """

    name: str
    email: str | None = None
    phone: str | None = None
    about: str = ""
    area_id: int | None = None
    roles: frozenset[Role] = field(default_factory=lambda: frozenset({Role.MEMBER}))
    person_id: int | None = None
    proved: frozenset[ContactKind] = frozenset()
    needs_second_keeper: bool = False
    contacts_are_own: bool = False


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
        if not newcomer.needs_second_keeper:
            welcome(session, bank, membership, doing)
        else:
            membership.welcome_waits = True
            open_task(session, bank.id, kind=TaskKind.WELCOME_HOURS, subject=subject_of(membership), now=doing.now)
    return membership


def subject_of(membership: Membership) -> Ref:
    """Return the reference to a member."""
    return Ref(Subject.MEMBER, membership.code)


def _enter(
    session: Session, bank: Bank, newcomer: NewMember, names: tuple[int, str], doing: Doing | Unattended
) -> Membership:
    """Write the person, the account, the membership under its (id, code), and its roles."""
    membership_id, code = names
    person_id = newcomer.person_id or _enter_person(session, newcomer, doing)
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
        admitted_by=doing.doer_id,
    )
    session.add(membership)
    session.flush()
    if Role.MEMBER in newcomer.roles:
        session.add(_member_role(membership, doing))
    session.flush()
    for role in sorted(newcomer.roles - {Role.MEMBER}):
        roles.add_role(session, membership, role, doing, granted_by=doing.doer_id)
    return membership


def _enter_person(session: Session, newcomer: NewMember, doing: Doing | Unattended) -> int:
    proved = frozenset(ContactKind) if doing.by is None else newcomer.proved  # the administrator knows whom they name
    email_is_proved = ContactKind.EMAIL in proved and newcomer.email is not None
    phone_is_proved = ContactKind.PHONE in proved and newcomer.phone is not None
    is_own = doing.by is None or newcomer.contacts_are_own
    trusted_from = doing.now if doing.by is None else doing.now + CONTACT_TRUSTED_AFTER
    person = Person(
        id=clock.next_id(),
        name=newcomer.name,
        name_folded=fold(newcomer.name),
        email=newcomer.email,
        phone=newcomer.phone,
        email_is_proved=email_is_proved,
        email_set_by_self=is_own,
        email_trusted_from=trusted_from if email_is_proved and is_own else None,
        phone_is_proved=phone_is_proved,
        phone_set_by_self=is_own,
        phone_trusted_from=trusted_from if phone_is_proved and is_own else None,
        created_at=doing.now,
    )
    session.add(person)
    session.flush()
    return person.id


def _member_role(membership: Membership, doing: Doing | Unattended) -> MembershipRole:
    return MembershipRole(
        bank_id=membership.bank_id,
        membership_id=membership.id,
        role=Role.MEMBER,
        granted_by=doing.by.membership_id if doing.by else None,
        granted_at=doing.now,
    )


def next_member_number(session: Session, bank_id: int) -> int:
    """Return the number of the next member. The caller holds the bank's row lock."""
    newest = session.scalar(select(func.max(Membership.number)).where(Membership.bank_id == bank_id))
    return (newest or FIRST_NUMBER - 1) + 1


def welcome(session: Session, bank: Bank, membership: Membership, doing: Doing) -> None:
    """Post the welcome hours: from the pot, so that nothing is minted. Raises FloorReachedError."""
    pot_id = get_account_of_kind(session, bank.id, AccountKind.POT)
    bookkeeping.post(
        session,
        bookkeeping.NewEntry(
            bank_id=bank.id,
            key=welcome_key(membership.code),
            kind=EntryKind.WELCOME,
            lines=(Line(pot_id, membership.account_id, bank.welcome_minutes),),
            occurred_on=membership.joined_on,
            recorded_at=doing.now,
            recorded_by=doing.by.membership_id,
            deed=str(Ref(Subject.MEMBER, membership.code)),
        ),
    )


def welcome_key(code: str) -> str:
    """Return the key in the books of the welcome hours of the member with this code."""
    return f"member:{code}:welcome"


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
