"""Making and using sign-in codes, printed or linked: for who has no password, or has forgotten it."""

import hmac
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.actors import Actor, Doing, Unattended
from timebank.banks.queries import lock_bank
from timebank.errors import NotAllowedError
from timebank.members.depending import list_depended_on
from timebank.members.queries import get_rights, list_roles_anywhere
from timebank.notices.actions import tell
from timebank.notices.kinds import NoticeKind
from timebank.references import DeedName, Ref, Subject
from timebank.rows import find_locked
from timebank.security import actions as security
from timebank.security.actions import NewEvent
from timebank.security.rules import EventKind
from timebank.signing_in.actions import void_codes
from timebank.signing_in.errors import CodeDoesNotFitError, CodeNotWaitingError, CodeShownError
from timebank.signing_in.models import SignInCode
from timebank.signing_in.queries import digest_secret, find_waiting_half
from timebank.signing_in.rules import CODE_LIFE, HALF_LENGTH, PROOFS, CodeWay, is_valid, way_to_make_code
from timebank.trail import actions as trail


def make_code(session: Session, member: Actor, doing: Doing | Unattended) -> str:
    """Return a new sign-in code for a member; earlier codes of the person stop working.

    A broker makes it, or the command line. A code gives access to every role of its person, so it must not be a way
    to gain any: of somebody who looks after a bank two people make it (`make_half`), or the command line. Raises
    NotAllowedError, or CodeShownError for a form that was sent before.
    """
    if trail.is_repeat(session, doing, DeedName.SIGN_IN_CODE_MADE, Ref(Subject.MEMBER, member.code)):
        raise CodeShownError
    lock_bank(session, member.bank_id)  # so do those who give roles, which end codes
    if doing.by is not None and find_way(session, member, doing.by, now=doing.now) is not CodeWay.WHOLE:
        raise NotAllowedError
    code = codes.new_secret()
    _add(session, member, doing, code_digest=digest_secret(code))
    _record(session, EventKind.CODE_MADE, member, doing)
    return code


def make_half(session: Session, member: Actor, doing: Doing) -> str:
    """Return the half of a sign-in code that the actor gives to the member, who puts both halves together.

    A coordinator makes the first half; earlier codes of the person stop working. Another approver makes the second.
    Raises NotAllowedError or CodeNotWaitingError; for a form that was sent before CodeShownError, or OtherContentError
    where it would be another half by now.
    """
    lock_bank(session, member.bank_id)
    way = find_way(session, member, doing.by, now=doing.now)
    half = codes.new_secret()[:HALF_LENGTH]
    subject = Ref(Subject.MEMBER, member.code)
    if way is CodeWay.FIRST_HALF:
        if trail.is_repeat(session, doing, DeedName.SIGN_IN_CODE_ASKED_FOR, subject):
            raise CodeShownError
        _add(session, member, doing, first_digest=_digest_half(session, 1, half))
        _record(session, EventKind.CODE_ASKED_FOR, member, doing)
        return half
    if way is not CodeWay.SECOND_HALF:
        raise NotAllowedError
    if trail.is_repeat(session, doing, DeedName.SIGN_IN_CODE_MADE, subject):
        raise CodeShownError
    waiting = find_waiting_half(session, member.bank_id, member.person_id, doing.now)
    row = waiting and find_locked(session, select(SignInCode).where(SignInCode.id == waiting.id))
    if row is None or row.second_digest is not None or row.made_by == doing.by.membership_id:
        raise CodeNotWaitingError
    row.second_digest, row.completed_by = _digest_half(session, 2, half), doing.by.membership_id
    session.flush()
    _record(session, EventKind.CODE_MADE, member, doing)
    return half


def use_code(session: Session, bank_id: int, typed: str, *, now: datetime) -> SignInCode:
    """Mark a sign-in code as used; return it. Raises CodeDoesNotFitError."""
    lock_bank(session, bank_id)
    code = codes.heard(typed)
    halves = and_(
        SignInCode.first_digest == _digest_half(session, 1, code[:HALF_LENGTH]),
        SignInCode.second_digest == _digest_half(session, 2, code[HALF_LENGTH:]),
    )
    fits = or_(SignInCode.code_digest == digest_secret(code), halves)
    row = find_locked(
        session,
        select(SignInCode).where(fits, SignInCode.bank_id == bank_id, SignInCode.purpose.not_in(PROOFS)),
    )
    if row is None or row.voided_at is not None or not is_valid(row.expires_at, row.used_at, now):
        raise CodeDoesNotFitError
    row.used_at = now
    session.flush()
    return row


def find_way(session: Session, member: Actor, by: Actor, *, now: datetime) -> CodeWay | None:
    """Return how the actor may make a code for the member at this moment; None if not at all."""
    waiting = find_waiting_half(session, member.bank_id, member.person_id, now)
    roles = list_roles_anywhere(session, member.person_id)
    first_half_by = waiting.made_by if waiting else None
    depends_on = list_depended_on(session, by, now=now)
    return way_to_make_code(get_rights(session, by), member, roles, first_half_by=first_half_by, depends_on=depends_on)


def _add(
    session: Session,
    member: Actor,
    doing: Doing | Unattended,
    *,
    code_digest: bytes | None = None,
    first_digest: bytes | None = None,
) -> None:
    void_codes(session, member.person_id, now=doing.now)
    session.add(
        SignInCode(
            id=clock.next_id(),
            code_digest=code_digest,
            first_digest=first_digest,
            bank_id=member.bank_id,
            person_id=member.person_id,
            made_by=doing.doer_id,
            made_at=doing.now,
            expires_at=doing.now + CODE_LIFE,
        )
    )
    session.flush()


def _record(session: Session, kind: EventKind, member: Actor, doing: Doing | Unattended) -> None:
    security.record(
        session, NewEvent(kind, member.bank_id, person_id=member.person_id, by=doing.doer_id, now=doing.now)
    )
    if kind is EventKind.CODE_MADE and doing.by is not None:
        tell(
            session,
            member.bank_id,
            [member.membership_id],
            NoticeKind.CODE_MADE,
            Ref(Subject.MEMBER, member.code),
            now=doing.now,
            facts={"by": doing.doer_id},
            occasion=doing.now.isoformat(),
        )


def _digest_half(session: Session, number: int, half: str) -> bytes:
    """Return a keyed digest: a half has 30 bits only, too few for a digest that anybody can compute."""
    return hmac.digest(session.info["books_key"], f"half {number} {half}".encode(), "sha256")
