"""Queries of who signs in, of open sessions, and of sign-in codes."""

import hashlib
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from timebank.actors import CodeMaker, Standing
from timebank.emails import plain_email
from timebank.members.depending import also_depends_on
from timebank.members.models import Membership, Person
from timebank.phones import plain_phone
from timebank.rows import columns_of, fetch, fetch_first
from timebank.signing_in.models import LoginSession, SignInCode
from timebank.signing_in.rules import CODE_CARRIED, PROOFS, CodePurpose, SessionEnd, is_valid

_LONGEST_NUMBER = 9


def digest_secret(secret: str) -> bytes:
    """Return the SHA-256 of a random secret, which is long enough to need no salt."""
    return hashlib.sha256(secret.encode()).digest()


def key_of_typed(typed: str, *, phone_country: str) -> str:
    """Return what an attempt is counted by, the same however a number, phone or e-mail was typed.

    It depends on the text alone, so that it tells nothing of who is a member.
    """
    number = _member_number(typed)
    if number is not None:
        return f"number {number}"
    phone = plain_phone(typed, phone_country)
    return f"phone {phone}" if phone is not None else f"email {plain_email(typed)}"


def _member_number(typed: str) -> int | None:
    typed = typed.strip()
    is_number = typed.isascii() and typed.isdigit() and len(typed) <= _LONGEST_NUMBER
    return int(typed) if is_number else None


class Candidate(NamedTuple):
    """The person who may be signing in, with their password hash; None if they have no password."""

    id: int
    password_hash: str | None


def find_candidate(session: Session, bank_id: int, typed: str, *, phone_country: str) -> Candidate | None:
    """Return the bank's member whose number, proved e-mail or proved phone was typed.

    None where nobody goes by it, or more than one does: then no password is tried, and each signs in by number.
    Suspended members are included, so that they can read their own hours; members who left are not.
    """
    conditions: list[ColumnElement[bool]] = [Person.email_is_proved & (Person.email == plain_email(typed))]
    number = _member_number(typed)
    if number is not None:
        conditions.append(Membership.number == number)
    phone = plain_phone(typed, phone_country)
    if phone is not None:
        conditions.append(Person.phone_is_proved & (Person.phone == phone))
    query = (
        select(Person.id, Person.password_hash)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.bank_id == bank_id,
            Membership.standing != Standing.LEFT,
            Membership.is_holder.is_(False),
            or_(*conditions),
        )
        .limit(2)
    )
    rows = fetch(session, query, Candidate)
    return rows[0] if len(rows) == 1 else None


class SignedInPerson(NamedTuple):
    """Whose session a token opens. `code_bank_id` is the bank of the code that opened it, None for an ordinary one.

    `maker` is the broker who has seen that code whole, if there is one.
    """

    person_id: int
    code_bank_id: int | None
    maker: CodeMaker | None


def find_signed_in(session: Session, token: str, now: datetime) -> SignedInPerson | None:
    """Return whose session this is; None if it is unknown, ended or expired."""
    maker, maker_person = aliased(Membership), aliased(Person)
    row = session.execute(
        select(
            LoginSession.person_id,
            LoginSession.expires_at,
            LoginSession.revoked_at,
            SignInCode.bank_id,
            maker.id,
            maker.account_id,
            maker_person.name,
        )
        .outerjoin(SignInCode, (SignInCode.id == LoginSession.code_id) & (SignInCode.used_at > now - CODE_CARRIED))
        .outerjoin(
            maker,
            (maker.bank_id == SignInCode.bank_id)
            & (maker.id == SignInCode.made_by)
            & SignInCode.code_digest.is_not(None),
        )
        .outerjoin(maker_person, maker_person.id == maker.person_id)
        .where(LoginSession.token_digest == digest_secret(token))
    ).one_or_none()
    if row is None or not is_valid(row.expires_at, row.revoked_at, now):
        return None
    return SignedInPerson(row.person_id, row.bank_id, None if row.id is None else CodeMaker(*row[4:]))


def find_why_ended(session: Session, token: str, now: datetime) -> SessionEnd | None:
    """Return why the session of this token was ended; None if it was not, would have expired by now, or is unknown."""
    because = session.scalar(
        select(LoginSession.ended_because).where(
            LoginSession.token_digest == digest_secret(token), LoginSession.expires_at > now
        )
    )
    return None if because is None else SessionEnd(because)


class WaitingHalf(NamedTuple):
    """The first half of a code that waits for its second: whose code it is, who made the half, and until when."""

    id: int
    person_id: int
    name: str
    code: str
    made_by: int
    maker: str
    made_at: datetime
    expires_at: datetime


def _waiting_halves(bank_id: int, now: datetime) -> Select[*tuple[Any, ...]]:
    maker, maker_person = aliased(Membership), aliased(Person)
    return (
        select(
            SignInCode.id,
            SignInCode.person_id,
            Person.name,
            Membership.code,
            SignInCode.made_by,
            maker_person.name,
            SignInCode.made_at,
            SignInCode.expires_at,
        )
        .join(Membership, (Membership.bank_id == SignInCode.bank_id) & (Membership.person_id == SignInCode.person_id))
        .join(Person, Person.id == Membership.person_id)
        .join(maker, (maker.bank_id == SignInCode.bank_id) & (maker.id == SignInCode.made_by))
        .join(maker_person, maker_person.id == maker.person_id)
        .where(
            SignInCode.bank_id == bank_id,
            SignInCode.first_digest.is_not(None),
            SignInCode.second_digest.is_(None),
            SignInCode.voided_at.is_(None),
            SignInCode.expires_at > now,
        )
    )


def find_waiting_half(session: Session, bank_id: int, person_id: int, now: datetime) -> WaitingHalf | None:
    """Return the first half of a code for this person that waits for its second; None if there is none."""
    return fetch_first(session, _waiting_halves(bank_id, now).where(SignInCode.person_id == person_id), WaitingHalf)


def list_waiting_halves(session: Session, bank_id: int, now: datetime) -> list[WaitingHalf]:
    """Return whose codes wait for their second half, oldest first."""
    return fetch(session, _waiting_halves(bank_id, now).order_by(SignInCode.id), WaitingHalf)


class UsedCode(NamedTuple):
    """A code that somebody signed in with. `maker` has seen it whole; None: the administrator, two made it, or nobody.

    `was_mailed` to the person's e-mail, `was_texted` to their phone.
    """

    made_at: datetime
    used_at: datetime
    maker: str | None
    was_mailed: bool
    was_texted: bool


def list_used_codes(session: Session, person_id: int, since: datetime) -> list[UsedCode]:
    """Return the person's codes that were used since then, newest first."""
    query = (
        select(
            SignInCode.made_at,
            SignInCode.used_at,
            Person.name,
            SignInCode.purpose == CodePurpose.MAILED,
            SignInCode.purpose == CodePurpose.TEXTED,
        )
        .outerjoin(
            Membership,
            (Membership.bank_id == SignInCode.bank_id)
            & (Membership.id == SignInCode.made_by)
            & SignInCode.code_digest.is_not(None),
        )
        .outerjoin(Person, Person.id == Membership.person_id)
        .where(
            SignInCode.person_id == person_id,
            SignInCode.used_at >= since,
            SignInCode.purpose.not_in(PROOFS),
        )
    )
    return fetch(session, query.order_by(SignInCode.used_at.desc()), UsedCode)


def is_password_needed(session: Session, person_id: int, token: str) -> bool:
    """Return whether the present password is asked before what opens the door changes.

    It is not in a session that a code opened before a password was chosen in it: that is for who forgot the old one.
    """
    person = session.execute(select(Person.password_hash, Person.password_code_id).where(Person.id == person_id)).one()
    code_id = session.scalar(select(LoginSession.code_id).where(LoginSession.token_digest == digest_secret(token)))
    return person.password_hash is not None and (code_id is None or code_id == person.password_code_id)


def find_code_of_password(session: Session, person_id: int) -> int | None:
    """Return the code in whose session the person's password was chosen; None if it was an ordinary one."""
    return session.scalar(select(Person.password_code_id).where(Person.id == person_id))


class OpenSession(NamedTuple):
    """A session that is neither expired nor revoked, and the device that it was opened on."""

    token_digest: bytes
    device: str
    opened_at: datetime


def list_sessions(session: Session, person_id: int, now: datetime) -> list[OpenSession]:
    """Return a person's open sessions, newest first."""
    query = select(*columns_of(LoginSession, OpenSession)).where(
        LoginSession.person_id == person_id, LoginSession.revoked_at.is_(None), LoginSession.expires_at > now
    )
    return fetch(session, query.order_by(LoginSession.opened_at.desc()), OpenSession)


def _makers_of_used_codes(bank_id: int, since: datetime) -> Select[int, int | None]:
    """Return the query of (member, who has seen whole a code with which they signed in since then)."""
    of_person = (Membership.bank_id == SignInCode.bank_id) & (Membership.person_id == SignInCode.person_id)
    return (
        select(Membership.id, SignInCode.made_by)
        .join(SignInCode, of_person)
        .where(SignInCode.bank_id == bank_id, SignInCode.code_digest.is_not(None), SignInCode.used_at > since)
    )


also_depends_on(_makers_of_used_codes)


def find_email_worked_at(session: Session, person_id: int) -> datetime | None:
    """Return when somebody last typed a code that was sent to the person's present e-mail; None if nobody has."""
    used_at = select(func.max(SignInCode.used_at)).join(Person, Person.id == SignInCode.person_id)
    is_mailed = SignInCode.purpose.in_((CodePurpose.PROVE_EMAIL, CodePurpose.MAILED))
    is_present = SignInCode.used_at >= Person.email_trusted_from
    return session.scalar(used_at.where(Person.id == person_id, is_mailed, is_present))
