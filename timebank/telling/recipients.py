"""Who gets a notice, and what reaches them."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, select
from sqlalchemy.orm import Session, aliased

from timebank.actors import Standing
from timebank.banks.models import Bank
from timebank.members.models import Membership, Person
from timebank.notices.rules import Reach
from timebank.phones import is_mobile
from timebank.rows import fetch, get_locked


class Recipient(NamedTuple):
    """A member as the recipient of notices.

    `email_sharers` is how many others have shown that the same e-mail is theirs, where this one has too: who only says
    so learns of nobody else, and takes nothing away from them.

    `email_failed_at` is since when nothing reaches that e-mail (None: it does, as far as is known).
    """

    membership_id: int
    person_id: int
    account_id: int
    name: str
    code: str
    standing: str
    email: str | None
    phone: str | None
    email_is_proved: bool
    email_failed_at: datetime | None
    email_sharers: int
    postal_address: str
    bank_sends_letters: bool
    bank_texts_a_month: int

    @property
    def is_active(self) -> bool:
        """Return whether the membership is active."""
        return self.standing == Standing.ACTIVE

    @property
    def reach(self) -> Reach:
        """Return what reaches them."""
        return Reach(
            email=self.email is not None and self.email_failed_at is None,
            phone=self.phone is not None,
            text=self.phone is not None and self.bank_texts_a_month > 0 and is_mobile(self.phone),
            letter=self.bank_sends_letters and bool(self.postal_address),
            has_email=self.email is not None,
            email_is_shared=self.email_sharers > 0,
            email_is_proved=self.email_is_proved,
        )


@cache
def count_email_sharers() -> ScalarSelect[int]:
    """Return the subquery of how many others have proved the same e-mail as the person of the outer query."""
    other = aliased(Person)
    return (
        select(func.count())
        .where(other.email == Person.email, other.id != Person.id, other.email_is_proved, Person.email_is_proved)
        .correlate(Person)
        .scalar_subquery()
    )


def gets_digests_by_email() -> ColumnElement[bool]:
    """Return the condition that the person of the outer query has an e-mail that works and is theirs alone."""
    return and_(Person.email_is_proved, Person.email_failed_at.is_(None), count_email_sharers() == 0)


def gets_letters() -> ColumnElement[bool]:
    """Return the condition that letters reach the person of the outer query, in the bank of the outer query."""
    return and_(Bank.sends_letters, Person.postal_address != "")


def list_recipients(session: Session, bank_id: int, member_ids: Sequence[int]) -> dict[int, Recipient]:
    """Return {membership id: recipient} of these memberships, in one query."""
    query = _select_recipients().where(Membership.bank_id == bank_id, Membership.id.in_(set(member_ids)))
    return {row.membership_id: row for row in fetch(session, query, Recipient)}


@cache
def _select_recipients() -> Select[*tuple[Any, ...]]:
    """Return the query of the columns of `Recipient`, built once, as it is run for nearly every e-mail."""
    return (
        select(
            Membership.id,
            Membership.person_id,
            Membership.account_id,
            Person.name,
            Membership.code,
            Membership.standing,
            Person.email,
            Person.phone,
            Person.email_is_proved,
            Person.email_failed_at,
            count_email_sharers(),
            Person.postal_address,
            Bank.sends_letters,
            Bank.texts_a_month,
        )
        .join(Person, Person.id == Membership.person_id)
        .join(Bank, Bank.id == Membership.bank_id)
        .where(Membership.is_holder.is_(False))
    )


def note_failed_email(session: Session, person_id: int, email: str, now: datetime) -> bool:
    """Write that nothing reaches a person's e-mail, unless they have another by now; return whether it is news."""
    person = get_locked(session, select(Person).where(Person.id == person_id), key_share=True)
    if person.email != email or person.email_failed_at is not None:
        return False
    person.email_failed_at = now
    session.flush()
    return True
