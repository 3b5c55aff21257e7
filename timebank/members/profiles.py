"""What members change about themselves, and the proof that a contact is theirs."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from timebank.actors import Actor, Doing, Role, may_prove_contact
from timebank.banks.queries import lock_bank
from timebank.errors import NotAllowedError
from timebank.members.errors import ContactMovedError, NoWayToReachError, OwnToChangeError, WordsMissingError
from timebank.members.models import Membership, Person
from timebank.members.queries import get_rights, list_roles_anywhere
from timebank.members.rules import CONTACT_TRUSTED_AFTER, POSTAL_ADDRESS, ContactKind, tidy_address
from timebank.notices.actions import tell
from timebank.notices.kinds import NoticeKind
from timebank.references import DeedName, Ref, Subject
from timebank.rows import get_locked
from timebank.security import actions as security
from timebank.security.actions import NOWHERE, Change, NewEvent, Origin
from timebank.security.rules import EventKind
from timebank.spelling import fold, is_blank
from timebank.trail import actions as trail


@dataclass(frozen=True, slots=True)
class Profile:
    """A member's contact and text about themselves, and which contact they show to those with whom they agreed help.

    The lines of `postal_address` are printed below the name on a letter.
    """

    name: str
    email: str | None
    phone: str | None
    about: str
    area_id: int | None = None
    shows_phone: bool = False
    shows_email: bool = False
    postal_address: str = ""


def change_profile(session: Session, profile: Profile, doing: Doing, *, origin: Origin = NOWHERE) -> None:
    """Change one's own name, contact, area and words; a broker who acts for a member can do it for them.

    A changed contact signs nobody in before it is proved. Name and contact of somebody with a role, whom they could
    lend it, or with a membership of another bank, whose brokers would not know, are their own to change. The last
    submission counts: a form that comes again, with other words, is another deed. Raises NoWayToReachError,
    NotAllowedError or OwnToChangeError.
    """
    actor = doing.by
    trail.begin(session, doing.part_of_it(), DeedName.PROFILE_CHANGED, Ref(Subject.MEMBER, actor.code))
    if not profile.email and not profile.phone:
        raise NoWayToReachError
    if actor.hand is not None and list_roles_anywhere(session, actor.person_id) - {Role.MEMBER}:
        raise NotAllowedError
    person = get_locked(session, select(Person).where(Person.id == actor.person_id), key_share=True)
    changes = list_changes(person, profile)
    if changes and actor.is_lent and count_memberships(session, actor.person_id) > 1:
        raise OwnToChangeError(name=person.name)
    _tell_of_contact(session, person, profile, doing)
    for kind, change in changes:
        security.record(
            session,
            NewEvent(
                kind, actor.bank_id, person_id=person.id, by=doing.doer_id, now=doing.now, origin=origin, change=change
            ),
        )
    if person.email != profile.email:
        person.email_is_proved, person.email_failed_at, person.email_trusted_from = False, None, None
        person.email_set_by_self = not actor.is_lent
    if person.phone != profile.phone:
        person.phone_is_proved, person.phone_trusted_from, person.phone_set_by_self = False, None, not actor.is_lent
    person.name, person.name_folded = profile.name, fold(profile.name)
    person.email, person.phone = profile.email, profile.phone
    person.postal_address = tidy_address(profile.postal_address)
    membership = session.get_one(Membership, (actor.bank_id, actor.membership_id))
    membership.about, membership.area_id = profile.about, profile.area_id
    membership.shows_phone, membership.shows_email = profile.shows_phone, profile.shows_email
    session.flush()


def _tell_of_contact(session: Session, person: Person, profile: Profile, doing: Doing) -> None:
    """Notify a person that their e-mail, phone or postal address was changed, at the e-mail that they had before.

    Where they had none, and another did it or could have, they are rung: the new e-mail may be that other's. Nobody is
    rung about a postal address, by which nobody signs in.
    """
    changed = [
        str(kind)
        for kind, before, after in (
            (ContactKind.EMAIL, person.email, profile.email),
            (ContactKind.PHONE, person.phone, profile.phone),
        )
        if before != after
    ]
    if person.email and person.postal_address != tidy_address(profile.postal_address):
        changed.append(POSTAL_ADDRESS)
    if changed and (person.email or doing.by.is_lent):
        tell(
            session,
            doing.bank_id,
            [doing.by.membership_id],
            NoticeKind.CONTACT_CHANGED,
            Ref(Subject.MEMBER, doing.by.code),
            now=doing.now,
            facts={"changed": changed, **({"to": person.email} if person.email else {"rings": True})},
            occasion=doing.now.isoformat(),
        )


def list_changes(person: Person, profile: Profile) -> list[tuple[EventKind, Change]]:
    """Return what of the person's name, e-mail and phone the profile changes."""
    values = (
        (EventKind.NAME_CHANGED, person.name, profile.name),
        (EventKind.CONTACT_CHANGED, person.email, profile.email),
        (EventKind.CONTACT_CHANGED, person.phone, profile.phone),
    )
    return [(kind, Change(before or "", after or "")) for kind, before, after in values if before != after]


def count_memberships(session: Session, person_id: int) -> int:
    """Return the number of banks in which the person is or was a member."""
    return session.scalar(select(func.count()).where(Membership.person_id == person_id)) or 0


def prove_own_contact(session: Session, actor: Actor, kind: ContactKind, contact: str, now: datetime) -> None:
    """Record that a contact is the actor's own, who has typed what was sent there. Raises ContactMovedError.

    Others who have it too get no codes there before they have proved it again: numbers change hands, and
    who had it before must not get codes there again once who has it now leaves the bank.
    """
    column = Person.email if kind is ContactKind.EMAIL else Person.phone
    of_it = select(Person).where(or_(Person.id == actor.person_id, column == contact)).order_by(Person.id)
    people = session.scalars(of_it.with_for_update(key_share=True).execution_options(populate_existing=True)).all()
    person = next(person for person in people if person.id == actor.person_id)
    if contact != (person.email if kind is ContactKind.EMAIL else person.phone):
        raise ContactMovedError
    for other in people:
        if kind is ContactKind.EMAIL:
            other.email_trusted_from = None
        else:
            other.phone_trusted_from = None
    if kind is ContactKind.EMAIL:
        person.email_is_proved, person.email_trusted_from, person.email_failed_at = True, now, None
    else:
        person.phone_is_proved, person.phone_trusted_from = True, now
    security.record(
        session,
        NewEvent(
            EventKind.CONTACT_PROVED,
            actor.bank_id,
            person_id=person.id,
            by=actor.membership_id,
            now=now,
            change=Change(after=contact),
        ),
    )
    session.flush()


def prove_contact(
    session: Session, member: Actor, kind: ContactKind, contact: str, doing: Doing, *, evidence: str
) -> None:
    """Record that a contact is the member's own, so that they can sign in with it, and what there is to show for it.

    `contact` is the one that the page showed. Raises WordsMissingError, NotAllowedError or ContactMovedError.
    """
    content = {"kind": kind, "contact": contact, "evidence": evidence}
    if trail.is_repeat(session, doing, DeedName.CONTACT_PROVED, Ref(Subject.MEMBER, member.code), content):
        return
    if is_blank(evidence):
        raise WordsMissingError
    lock_bank(session, doing.bank_id)
    keeps_elsewhere = list_roles_anywhere(session, member.person_id) - member.roles - {Role.MEMBER}
    if keeps_elsewhere or not may_prove_contact(get_rights(session, doing.by), get_rights(session, member)):
        raise NotAllowedError
    person = get_locked(session, select(Person).where(Person.id == member.person_id), key_share=True)
    if contact != (person.email if kind is ContactKind.EMAIL else person.phone):
        raise ContactMovedError
    if kind is ContactKind.EMAIL:
        person.email_is_proved = True
        if person.email_trusted_from is None and person.email_set_by_self:
            person.email_trusted_from = doing.now + CONTACT_TRUSTED_AFTER
    else:
        person.phone_is_proved = True
        if person.phone_trusted_from is None and person.phone_set_by_self:
            person.phone_trusted_from = doing.now + CONTACT_TRUSTED_AFTER
    security.record(
        session,
        NewEvent(
            EventKind.CONTACT_PROVED,
            doing.bank_id,
            person_id=person.id,
            by=doing.doer_id,
            now=doing.now,
            change=Change(after=contact, evidence=evidence.strip()),
        ),
    )
