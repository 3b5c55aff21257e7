"""Taking people into a bank, and what they change about themselves."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.banks.actions import MEMBERS_FLOOR
from timebank.banks.models import Bank
from timebank.bookkeeping import actions as bookkeeping
from timebank.bookkeeping.opening import open_account
from timebank.bookkeeping.queries import get_account_of_kind
from timebank.ledger.accounts import AccountKind
from timebank.ledger.entries import EntryKind, Line
from timebank.members.errors import NotAllowedError, NoWayToReachError
from timebank.members.models import Membership, MembershipRole, Person
from timebank.members.queries import list_roles_anywhere
from timebank.members.rules import Actor, Role, Standing, fold, may_broker, may_grant
from timebank.trail import actions as trail
from timebank.trail.actions import Deed

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


def admit(
    session: Session, bank: Bank, newcomer: NewMember, *, by: Actor | None, now: datetime, form_key: str | None = None
) -> Membership:
    """Take somebody into the bank as an active member with an account and their welcome hours from the pot.

    `by` is a broker, or None for the administrator's command line, which posts no welcome hours: every posting has
    a named actor. The same `form_key` gives the first result again. Raises NotAllowedError or NoWayToReachError.
    """
    if by is not None and not may_broker(by):
        raise NotAllowedError
    if not newcomer.email and not newcomer.phone:
        raise NoWayToReachError
    membership_id, code = clock.next_id(), codes.new_reference()
    session.execute(
        select(Bank.id).where(Bank.id == bank.id).with_for_update(key_share=True)
    )  # members are numbered one by one
    if by is not None:
        done = trail.begin(session, _deed(by, "member.admitted", code, now, form_key, newcomer))
        if done is not None:
            return get_membership_by_code(session, bank.id, done.removeprefix("member:"))
    membership = _enter(session, bank, newcomer, (membership_id, code), by=by, now=now)
    if by is None:
        trail.begin(session, Deed(bank.id, "member.admitted", f"member:{code}", None, now))
    elif bank.welcome_minutes:
        _welcome(session, bank, membership, by, now)
    return membership


def _enter(
    session: Session, bank: Bank, newcomer: NewMember, names: tuple[int, str], *, by: Actor | None, now: datetime
) -> Membership:
    """Write the person, the account, the membership under its (id, code), and its roles."""
    membership_id, code = names
    person_id = newcomer.person_id or _enter_person(session, newcomer, now)
    account_id = open_account(
        session,
        bank.id,
        AccountKind.MEMBER,
        membership_id,
        floor=bank.member_floor,
        reason=MEMBERS_FLOOR,
        by=by.membership_id if by else None,
        now=now,
    )
    membership = Membership(
        bank_id=bank.id,
        id=membership_id,
        person_id=person_id,
        account_id=account_id,
        number=next_number(session, bank.id),
        code=code,
        standing=Standing.ACTIVE,
        about=newcomer.about,
        area_id=newcomer.area_id,
        joined_on=clock.local_day(now, bank.time_zone),
    )
    session.add(membership)
    session.flush()
    for role in sorted(newcomer.roles):
        session.add(_role(membership, role, by, now))
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


def _deed(by: Actor, verb: str, code: str, now: datetime, form_key: str | None, newcomer: NewMember) -> Deed:
    content = {"name": newcomer.name, "email": newcomer.email, "phone": newcomer.phone}
    return Deed(by.bank_id, verb, f"member:{code}", by.membership_id, now, form_key=form_key, content=content)


def _role(membership: Membership, role: Role, by: Actor | None, now: datetime) -> MembershipRole:
    return MembershipRole(
        bank_id=membership.bank_id,
        membership_id=membership.id,
        role=role,
        granted_by=by.membership_id if by else None,
        granted_at=now,
    )


def next_number(session: Session, bank_id: int) -> int:
    """The number of whoever is taken in next; the bank's row is locked meanwhile."""
    newest = session.scalar(select(func.max(Membership.number)).where(Membership.bank_id == bank_id))
    return (newest or FIRST_NUMBER - 1) + 1


def _welcome(session: Session, bank: Bank, membership: Membership, by: Actor, now: datetime) -> None:
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
            recorded_at=now,
            recorded_by=by.membership_id,
            deed=f"member:{membership.code}",
        ),
    )


def get_membership_by_code(session: Session, bank_id: int, code: str) -> Membership:
    """The membership under this code of a bank; it must be there."""
    return session.execute(
        select(Membership).where(Membership.bank_id == bank_id, Membership.code == code)
    ).scalar_one()


def get_or_make_holder(session: Session, bank: Bank, *, now: datetime) -> Membership:
    """The bank's holder of imported listings, made the first time: no roles, no contact, no sign-in, no hours."""
    session.execute(select(Bank.id).where(Bank.id == bank.id).with_for_update(key_share=True))  # one, whoever asks
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
        number=next_number(session, bank.id),
        code=codes.new_reference(),
        standing=Standing.LEFT,
        about="",
        joined_on=clock.local_day(now, bank.time_zone),
        is_holder=True,
    )
    session.add(holder)
    session.flush()
    trail.begin(session, Deed(bank.id, "holder.made", f"member:{holder.code}", None, now))
    return holder


@dataclass(frozen=True, slots=True)
class Profile:
    """What a member says about themselves, and which contact they show to somebody with whom they have agreed help."""

    name: str
    email: str | None
    phone: str | None
    about: str
    area_id: int | None = None
    shows_phone: bool = False
    shows_email: bool = False


def change_profile(session: Session, actor: Actor, profile: Profile, *, now: datetime) -> None:
    """Change one's own name, contact, area and words; a broker who acts for a member can do it for them.

    Not for somebody with a role, since what is sent to a contact could lend it. Raises NoWayToReachError or
    NotAllowedError.
    """
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
    subject = f"member:{actor.code}"
    deed = Deed(actor.bank_id, "profile.changed", subject, actor.doer_id, now, on_behalf_of=actor.on_behalf_of)
    trail.begin(session, deed)
    session.flush()


def set_roles(session: Session, membership: Membership, roles: frozenset[Role], *, by: Actor, now: datetime) -> None:
    """Give and take a membership's roles, so that it holds just these and 'member' if it had that.

    Raises NotAllowedError where the actor is no coordinator, or it is their own membership.
    """
    standing = set(
        session.scalars(
            select(MembershipRole.role).where(
                MembershipRole.bank_id == membership.bank_id, MembershipRole.membership_id == membership.id
            )
        )
    )
    wanted = {role for role in roles if role is not Role.MEMBER} | ({Role.MEMBER} & {Role(role) for role in standing})
    for role in wanted ^ {Role(role) for role in standing}:
        if not may_grant(by, role, to_membership=membership.id):
            raise NotAllowedError
        if role in wanted:
            session.add(_role(membership, role, by, now))
        else:
            session.execute(
                delete(MembershipRole).where(
                    MembershipRole.bank_id == membership.bank_id,
                    MembershipRole.membership_id == membership.id,
                    MembershipRole.role == role,
                )
            )
        verb = "role.given" if role in wanted else "role.taken"
        subject = f"member:{membership.code}"
        trail.begin(session, Deed(by.bank_id, f"{verb}.{role}", subject, by.membership_id, now))
    session.flush()
