"""Sign-in attempts, sessions, sign-in codes and passwords. Hashing is left to the caller, outside of the write lock."""

import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.actors import Actor, Doing, Unattended
from timebank.errors import NotAllowedError
from timebank.members.models import Person
from timebank.members.queries import list_roles_anywhere
from timebank.references import DeedName, Ref, Subject
from timebank.rows import find_locked
from timebank.signing_in.errors import CodeDoesNotFitError, TooManyTriesError
from timebank.signing_in.halls import digest_address, forget_addresses
from timebank.signing_in.models import LoginSession, SignInAttempt, SignInCode
from timebank.signing_in.queries import digest_secret
from timebank.signing_in.rules import CODE_LIFE, SESSION_LIFE, TRIES_WINDOW, is_valid, may_make_code, must_wait
from timebank.trail import actions as trail

_DEVICE_LENGTH = 120


def begin_attempt(session: Session, *, account: str, address: str, now: datetime) -> int:
    """Store a sign-in attempt as failed, before the password is checked, so that concurrent attempts are all counted.

    Return its id, by which `open_session` marks it as succeeded. `account` identifies the account that is tried,
    however it was typed. Raises TooManyTriesError.
    """
    by_account, by_address = _digest(session, account), _digest(session, address)
    since = now - TRIES_WINDOW
    if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        for digest in sorted({by_account, by_address}):
            lock = int.from_bytes(digest[:8], "big", signed=True)
            session.execute(select(func.pg_advisory_xact_lock(lock)))
    session.execute(delete(SignInAttempt).where(SignInAttempt.tried_at < since))
    failed = select(func.count()).where(SignInAttempt.succeeded.is_(False), SignInAttempt.tried_at >= since)
    tries_on_account = session.scalar(failed.where(SignInAttempt.account_digest == by_account)) or 0
    tries_from_address = session.scalar(failed.where(SignInAttempt.address_digest == by_address)) or 0
    if must_wait(tries_on_account, tries_from_address):
        raise TooManyTriesError(minutes=int(TRIES_WINDOW.total_seconds() // 60))
    attempt = SignInAttempt(
        id=clock.next_id(), account_digest=by_account, address_digest=by_address, tried_at=now, succeeded=False
    )
    session.add(attempt)
    session.flush()
    return attempt.id


def open_session(
    session: Session, person_id: int, *, attempt_id: int | None, device: str, now: datetime, address: str = ""
) -> str:
    """Open a session on one device; return the token for its cookie, of which only a digest is stored."""
    if attempt_id is not None:
        session.execute(update(SignInAttempt).where(SignInAttempt.id == attempt_id).values(succeeded=True))
    token = secrets.token_urlsafe(32)
    session.add(
        LoginSession(
            token_digest=digest_secret(token),
            person_id=person_id,
            device=device.replace("\x00", "")[:_DEVICE_LENGTH],
            opened_at=now,
            expires_at=now + SESSION_LIFE,
            address_digest=digest_address(session, address),
        )
    )
    session.flush()
    return token


def end_session(session: Session, token: str, *, now: datetime) -> None:
    """End the session of this token."""
    _end(session, now, LoginSession.token_digest == digest_secret(token))


def end_other_sessions(session: Session, person_id: int, token: str, *, now: datetime) -> None:
    """End every session of the person but that of this token."""
    _end(session, now, LoginSession.person_id == person_id, LoginSession.token_digest != digest_secret(token))


def _end(session: Session, now: datetime, *conditions: object) -> None:
    session.execute(
        update(LoginSession)
        .where(LoginSession.revoked_at.is_(None), *conditions)  # type: ignore[arg-type]
        .values(revoked_at=now)
    )


def make_code(session: Session, member: Actor, doing: Doing | Unattended) -> str:
    """Return a new sign-in code for a member; earlier codes of the person stop working.

    A broker makes it, or the command line. A code gives access to every membership of its person, so it must not be a
    way to gain roles: only a coordinator makes one for somebody who is a broker or auditor in any bank; only the
    command line for a coordinator or trustee; nobody for themselves. Raises NotAllowedError.
    """
    by, now = doing.by, doing.now
    trail.begin(session, doing, DeedName.SIGN_IN_CODE_MADE, Ref(Subject.MEMBER, member.code))
    if by is not None and not may_make_code(by, member, list_roles_anywhere(session, member.person_id)):
        raise NotAllowedError
    session.execute(delete(SignInCode).where(SignInCode.person_id == member.person_id))
    code = codes.new_secret()
    session.add(
        SignInCode(
            code_digest=digest_secret(code),
            bank_id=member.bank_id,
            person_id=member.person_id,
            made_at=now,
            expires_at=now + CODE_LIFE,
        )
    )
    session.flush()
    return code


def clear_stale(session: Session, *, now: datetime) -> int:
    """Delete expired attempts, codes and digests of addresses; return their number. Sessions are kept as a record."""
    cleared = forget_addresses(session, now=now)
    for statement in (
        delete(SignInAttempt).where(SignInAttempt.tried_at < now - TRIES_WINDOW),
        delete(SignInCode).where(SignInCode.expires_at < now),
    ):
        cleared += int(cast("CursorResult[Any]", session.execute(statement)).rowcount)
    return cleared


def use_code(session: Session, bank_id: int, typed: str, *, now: datetime) -> int:
    """Mark a sign-in code as used; return its person's id. Raises CodeDoesNotFitError."""
    digest = digest_secret(codes.heard(typed))
    row = find_locked(
        session, select(SignInCode).where(SignInCode.code_digest == digest, SignInCode.bank_id == bank_id)
    )
    if row is None or not is_valid(row.expires_at, row.used_at, now):
        raise CodeDoesNotFitError
    row.used_at = now
    session.flush()
    return row.person_id


def set_password(session: Session, password_hash: str, doing: Doing, *, token: str) -> None:
    """Store a new password hash and end every other session of the person.

    The last submission counts: a form that comes again, with another password, is another deed.
    """
    actor = doing.by
    trail.begin(session, doing.part_of_it(), DeedName.PASSWORD_CHANGED, Ref(Subject.MEMBER, actor.code))
    session.get_one(Person, actor.person_id).password_hash = password_hash
    end_other_sessions(session, actor.person_id, token, now=doing.now)
    session.flush()


def _digest(session: Session, typed: str) -> bytes:
    return hmac.new(session.info["books_key"], f"attempt {typed}".encode(), hashlib.sha256).digest()
