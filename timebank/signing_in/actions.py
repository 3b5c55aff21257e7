"""Sign-in attempts, sessions and passwords. Hashing is left to the caller, outside of the write lock."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.orm import Session

from timebank import clock
from timebank.actors import Doing, Role
from timebank.members import rights
from timebank.members.models import Person
from timebank.members.queries import list_roles_anywhere
from timebank.members.rights import RightsChange
from timebank.members.rules import DEPENDS_FOR
from timebank.notices.actions import tell
from timebank.notices.kinds import NoticeKind
from timebank.references import DeedName, Ref, Subject
from timebank.security import actions as security
from timebank.security.actions import NOWHERE, NewEvent, Origin
from timebank.security.rules import EventKind
from timebank.signing_in.errors import TooManyTriesError
from timebank.signing_in.halls import digest_address, forget_addresses
from timebank.signing_in.models import LoginSession, SignInAttempt, SignInCode
from timebank.signing_in.queries import digest_secret, find_code_of_password
from timebank.signing_in.rules import SESSION_LIFE, TRIES_WINDOW, SessionEnd, must_wait
from timebank.trail import actions as trail


@dataclass(frozen=True, slots=True)
class Attempt:
    """What an attempt to sign in is counted by: what was typed, the person whose password is tried, the address.

    `person_id` is None where nobody goes by what was typed, or more than one does: then no password is tried.
    """

    typed: str
    person_id: int | None
    address: str


def begin_attempt(session: Session, attempt: Attempt, *, now: datetime) -> int:
    """Store a sign-in attempt as failed, before the password is checked, so that concurrent attempts are all counted.

    Return its id, by which `open_session` marks it as succeeded. Raises TooManyTriesError.
    """
    by_typed = _digest(session, attempt.typed)
    by_account = None if attempt.person_id is None else _digest(session, f"person {attempt.person_id}")
    by_address = _digest(session, attempt.address)
    since = now - TRIES_WINDOW
    if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        for digest in sorted({by_typed, by_account or by_typed, by_address}):
            lock = int.from_bytes(digest[:8], "big", signed=True)
            session.execute(select(func.pg_advisory_xact_lock(lock)))
    session.execute(delete(SignInAttempt).where(SignInAttempt.tried_at < since))
    failed = select(func.count()).where(SignInAttempt.succeeded.is_(False), SignInAttempt.tried_at >= since)
    as_typed = session.scalar(failed.where(SignInAttempt.typed_digest == by_typed)) or 0
    on_account = 0
    if by_account is not None:
        on_account = session.scalar(failed.where(SignInAttempt.account_digest == by_account)) or 0
    from_address = session.scalar(failed.where(SignInAttempt.address_digest == by_address)) or 0
    if must_wait(as_typed, on_account, from_address):
        raise TooManyTriesError(minutes=int(TRIES_WINDOW.total_seconds() // 60))
    row = SignInAttempt(
        id=clock.next_id(),
        typed_digest=by_typed,
        account_digest=by_account,
        address_digest=by_address,
        tried_at=now,
        succeeded=False,
    )
    session.add(row)
    session.flush()
    return row.id


def mark_succeeded(session: Session, attempt_id: int) -> None:
    """Mark an attempt as succeeded: it does not count any more."""
    session.execute(update(SignInAttempt).where(SignInAttempt.id == attempt_id).values(succeeded=True))


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who signs in, at which bank and from where, by which attempt and sign-in code (None: with a password).

    With a password that was chosen in a code's session, that code is carried on.
    """

    bank_id: int
    person_id: int
    origin: Origin = NOWHERE
    attempt_id: int | None = None
    code_id: int | None = None


def open_session(session: Session, arrival: Arrival, *, now: datetime) -> str:
    """Open a session on one device; return the token for its cookie, of which only a digest is stored."""
    if arrival.attempt_id is not None:
        mark_succeeded(session, arrival.attempt_id)
    token = secrets.token_urlsafe(32)
    session.add(
        LoginSession(
            token_digest=digest_secret(token),
            person_id=arrival.person_id,
            device=arrival.origin.device.replace("\x00", "")[: security.DEVICE_LENGTH],
            opened_at=now,
            expires_at=now + SESSION_LIFE,
            address_digest=digest_address(session, arrival.origin.address),
            code_id=arrival.code_id or find_code_of_password(session, arrival.person_id),
        )
    )
    session.flush()
    kind = EventKind.SIGNED_IN if arrival.code_id is None else EventKind.SIGNED_IN_WITH_CODE
    event = NewEvent(kind, arrival.bank_id, arrival.person_id, by=None, now=now, origin=arrival.origin)
    security.record(session, event)
    return token


def end_session(session: Session, token: str, *, now: datetime) -> None:
    """End the session of this token."""
    _end(session, now, SessionEnd.SIGNED_OUT, LoginSession.token_digest == digest_secret(token))


def end_other_sessions(
    session: Session,
    person_id: int,
    token: str,
    *,
    now: datetime,
    because: SessionEnd = SessionEnd.SIGNED_OUT_ELSEWHERE,
) -> None:
    """End every session of the person but that of this token."""
    others = (LoginSession.person_id == person_id, LoginSession.token_digest != digest_secret(token))
    _end(session, now, because, *others)


def end_all(session: Session, person_id: int, change: RightsChange, now: datetime) -> None:
    """End every session of the person, and void the codes that were made for them: their rights have changed.

    Where they have a role, a password that was chosen with a code somebody else has seen is void too, for DEPENDS_FOR.
    """
    void_codes(session, person_id, now=now)  # first: a code that is just being used opens its session meanwhile
    _end(session, now, SessionEnd(change.value), LoginSession.person_id == person_id)
    _void_password_of_code(session, person_id, now)


rights.when_changed(end_all)


def _void_password_of_code(session: Session, person_id: int, now: datetime) -> None:
    """Take the password of a keeper away if the maker of a code may have chosen it: they get a code of two people."""
    if not list_roles_anywhere(session, person_id) - {Role.MEMBER}:
        return
    code = session.scalars(
        select(SignInCode)
        .join(Person, Person.password_code_id == SignInCode.id)
        .where(Person.id == person_id, SignInCode.made_by.is_not(None), SignInCode.code_digest.is_not(None))
    ).one_or_none()
    if code is not None and code.used_at is not None and code.used_at > now - DEPENDS_FOR:
        person = session.get_one(Person, person_id)
        person.password_hash, person.password_code_id = None, None
        session.flush()


def void_codes(session: Session, person_id: int, *, now: datetime) -> None:
    """Void the person's codes that were not used yet."""
    unused = (SignInCode.person_id == person_id, SignInCode.used_at.is_(None), SignInCode.voided_at.is_(None))
    session.execute(update(SignInCode).where(*unused).values(voided_at=now))


def _end(session: Session, now: datetime, because: SessionEnd, *conditions: object) -> None:
    session.execute(
        update(LoginSession)
        .where(LoginSession.revoked_at.is_(None), *conditions)  # type: ignore[arg-type]
        .values(revoked_at=now, ended_because=because)
    )


def clear_stale(session: Session, *, now: datetime) -> int:
    """Delete expired attempts and digests of addresses; return their number. Sessions and codes are kept."""
    stale = delete(SignInAttempt).where(SignInAttempt.tried_at < now - TRIES_WINDOW)
    return forget_addresses(session, now=now) + int(cast("CursorResult[Any]", session.execute(stale)).rowcount)


def set_password(session: Session, password_hash: str, doing: Doing, *, token: str, origin: Origin = NOWHERE) -> None:
    """Store a new password hash, end every other session of the person, and void their codes.

    In a session that a code opened the password is known to be the code's, as far as anybody can tell. The last
    submission counts: a form that comes again, with another password, is another deed.
    """
    actor = doing.by
    trail.begin(session, doing.part_of_it(), DeedName.PASSWORD_CHANGED, Ref(Subject.MEMBER, actor.code))
    code_id = session.scalar(select(LoginSession.code_id).where(LoginSession.token_digest == digest_secret(token)))
    person = session.get_one(Person, actor.person_id)
    person.password_hash, person.password_code_id = password_hash, code_id
    end_other_sessions(session, actor.person_id, token, now=doing.now, because=SessionEnd.PASSWORD)
    void_codes(session, actor.person_id, now=doing.now)
    security.record(
        session,
        NewEvent(
            EventKind.PASSWORD_CHANGED,
            actor.bank_id,
            person_id=actor.person_id,
            by=actor.membership_id,
            now=doing.now,
            origin=origin,
        ),
    )
    subject = Ref(Subject.MEMBER, actor.code)
    kind, occasion = NoticeKind.PASSWORD_CHANGED, doing.now.isoformat()
    tell(session, actor.bank_id, [actor.membership_id], kind, subject, now=doing.now, occasion=occasion)


def _digest(session: Session, typed: str) -> bytes:
    return hmac.new(session.info["books_key"], f"attempt {typed}".encode(), hashlib.sha256).digest()
