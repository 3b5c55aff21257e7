"""Queries of candidates for signing in, and of open sessions."""

import hashlib
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from timebank.actors import Standing
from timebank.members.models import Membership, Person
from timebank.phones import plain_phone
from timebank.rows import columns_of, fetch
from timebank.signing_in.models import LoginSession
from timebank.signing_in.rules import is_valid

#: More people than a household that shares a phone or an e-mail.
MOST_CANDIDATES = 8
_LONGEST_NUMBER = 9


def digest_secret(secret: str) -> bytes:
    """Return the SHA-256 of a random secret, which is long enough to need no salt."""
    return hashlib.sha256(secret.encode()).digest()


def plain_email(typed: str) -> str:
    """Normalize an e-mail address for storing and comparing."""
    return typed.strip().lower()


class Candidate(NamedTuple):
    """A person who may be signing in, with their password hash; None if they have no password."""

    id: int
    password_hash: str | None


def list_candidates(session: Session, bank_id: int, typed: str, *, phone_country: str) -> list[Candidate]:
    """Return the bank's members whose number, e-mail or phone was typed.

    Suspended members are included, so that they can read their own hours; members who left are not.
    """
    typed = typed.strip()
    conditions = [Person.email == plain_email(typed)]
    if typed.isascii() and typed.isdigit() and len(typed) <= _LONGEST_NUMBER:
        conditions.append(Membership.number == int(typed))
    phone = plain_phone(typed, phone_country)
    if phone is not None:
        conditions.append(Person.phone == phone)
    query = (
        select(Person.id, Person.password_hash)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.bank_id == bank_id,
            Membership.standing != Standing.LEFT,
            Membership.is_holder.is_(False),
            or_(*conditions),
        )
        .limit(MOST_CANDIDATES)
    )
    return fetch(session, query, Candidate)


def find_person_id(session: Session, token: str, now: datetime) -> int | None:
    """Return the id of the person with this session; None if it is unknown, ended or expired."""
    row = session.get(LoginSession, digest_secret(token))
    if row is None or not is_valid(row.expires_at, row.revoked_at, now):
        return None
    return row.person_id


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
