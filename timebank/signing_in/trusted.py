"""Whether codes to sign in may go to somebody's e-mail or phone: only where it is theirs alone, and for long enough."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timebank.actors import Standing
from timebank.banks.models import Bank
from timebank.members.models import Membership, Person
from timebank.notices.queries import count_texts
from timebank.notices.rules import month_began, most_texts
from timebank.phones import is_mobile
from timebank.telling.recipients import count_email_sharers
from timebank.telling.stopped import has_stopped


def gets_codes_by_email(session: Session, person: Person, now: datetime) -> bool:
    """Return whether the e-mail works, is the person's own, nobody else's, and has been for long enough."""
    if not person.email or not person.email_is_proved or person.email_failed_at is not None:
        return False
    sharers = session.scalar(select(count_email_sharers()).select_from(Person).where(Person.id == person.id))
    return not sharers and is_trusted(person.email_trusted_from, now)


def gets_codes_by_text(session: Session, person: Person, now: datetime) -> bool:
    """Return whether texts may go to the phone, and it is the person's own, for long enough, and no other member's.

    Others need not have proved that it is theirs, unlike an e-mail: in many houses one phone lies open for all.
    """
    if not person.phone or not person.phone_is_proved or not is_trusted(person.phone_trusted_from, now):
        return False
    return (
        is_mobile(person.phone) and not count_phone_sharers(session, person) and not has_stopped(session, person.phone)
    )


def is_trusted(trusted_from: datetime | None, now: datetime) -> bool:
    """Return whether a contact has been known for long enough to be its person's own."""
    return trusted_from is not None and trusted_from <= now


def count_phone_sharers(session: Session, person: Person) -> int:
    """Return how many other people have the same phone number, and are members of any bank."""
    is_member = (Membership.person_id == Person.id) & (Membership.standing != Standing.LEFT)
    others = select(func.count(Person.id.distinct())).join(Membership, is_member)
    return session.scalar(others.where(Person.phone == person.phone, Person.id != person.id)) or 0


def may_text(session: Session, bank: Bank, now: datetime, *, codes: bool = True) -> bool:
    """Return whether a bank sends texts, and may send one more in this month: a code to sign in goes on for longer.

    It is the same for all of its members.
    """
    sent = count_texts(session, bank.id, month_began(now, bank.time_zone))
    return sent < most_texts(bank.texts_a_month, codes=codes)
