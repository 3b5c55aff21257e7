"""Codes that are sent by e-mail: to sign in without a password, and to show that an e-mail is one's own.

The code is derived from its row's id by the books' key, so that it stands in no table and the worker can write it.
"""

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.actors import Doing, Standing, Unattended
from timebank.banks.models import Bank
from timebank.banks.queries import lock_bank
from timebank.errors import NotAllowedError
from timebank.members.models import Membership, Person
from timebank.members.profiles import prove_own_email
from timebank.notices.actions import HAS_TOLD, tell
from timebank.notices.holding import register
from timebank.notices.kinds import NoticeKind
from timebank.notices.queries import Told
from timebank.references import DeedName, Ref, Subject
from timebank.rows import find_locked
from timebank.signing_in.errors import CodeDoesNotFitError, TooManyCodesError
from timebank.signing_in.models import CodeRequest, SignInCode
from timebank.signing_in.queries import digest_secret, find_candidate
from timebank.signing_in.rules import MAILED_CODE_LIFE, CodePurpose, is_valid
from timebank.trail import actions as trail

#: So many codes are sent to one person within an hour.
MOST_AN_HOUR = 4
_HOUR = timedelta(hours=1)
_LONGEST = 254


def ask_for_code(session: Session, bank: Bank, typed: str, *, now: datetime) -> None:
    """Note that somebody asks for a code by a member number, e-mail or phone; the worker finds out whose it is.

    So it takes as long for who is a member as for who is none.
    """
    request = CodeRequest(id=clock.next_id(), bank_id=bank.id, typed=typed.strip()[:_LONGEST], asked_at=now)
    session.add(request)
    session.flush()
    session.info[HAS_TOLD] = True


def answer_requests(session: Session, *, now: datetime, most: int) -> int:
    """Mail codes to those of the oldest requests whom a bank knows; forget these requests, and return how many."""
    requests = session.scalars(
        select(CodeRequest).order_by(CodeRequest.id).limit(most).with_for_update(skip_locked=True)
    ).all()
    for request in requests:
        if now - request.asked_at < MAILED_CODE_LIFE:  # nobody waits for a code any more
            mail_code_to(session, session.get_one(Bank, request.bank_id), request.typed, now=now)
        session.delete(request)
    session.flush()
    return len(requests)


def mail_code_to(session: Session, bank: Bank, typed: str, *, now: datetime) -> None:
    """Send a code to sign in to who goes by a member number, e-mail or phone, if their e-mail is known to be theirs.

    Otherwise nothing happens, and whoever asked does not learn it. Nothing is sent to an e-mail that several people
    have, nor to one that a keeper has proved of late: one keeper alone could sign in as a member.
    """
    candidate = find_candidate(session, bank.id, typed, phone_country=bank.phone_country)
    if candidate is None:
        return
    person = session.get_one(Person, candidate.id)
    member = session.execute(
        select(Membership.id, Membership.code).where(
            Membership.bank_id == bank.id, Membership.person_id == person.id, Membership.standing != Standing.LEFT
        )
    ).one()
    if not _is_trusted(session, person, now) or _is_often(session, person.id, CodePurpose.MAILED, now):
        return
    subject = Ref(Subject.MEMBER, member.code)
    trail.begin(session, Unattended(bank.id, now), DeedName.SIGN_IN_CODE_MAILED, subject)
    code_id = _add(session, bank.id, person, CodePurpose.MAILED, now)
    _tell(session, bank.id, member.id, NoticeKind.SIGN_IN_CODE, subject, code_id, now)


def mail_email_code(session: Session, doing: Doing) -> None:
    """Send the actor a code to the e-mail that they call theirs.

    Raises NotAllowedError where another acts for them, has seen the code that let them in, or they have no e-mail; and
    TooManyCodesError.
    """
    actor = doing.by
    subject = Ref(Subject.MEMBER, actor.code)
    if trail.is_repeat(session, doing, DeedName.EMAIL_CODE_MAILED, subject):
        return
    person = session.get_one(Person, actor.person_id)
    if actor.hand is not None or actor.code_maker is not None or not person.email:
        raise NotAllowedError
    if _is_often(session, person.id, CodePurpose.PROVE_EMAIL, doing.now):
        raise TooManyCodesError
    code_id = _add(session, actor.bank_id, person, CodePurpose.PROVE_EMAIL, doing.now)
    _tell(session, actor.bank_id, actor.membership_id, NoticeKind.EMAIL_CODE, subject, code_id, doing.now)


def prove_by_code(session: Session, typed: str, doing: Doing) -> None:
    """Record that the actor's e-mail is theirs, by the code that was sent there.

    Raises CodeDoesNotFitError, or NotAllowedError as `mail_email_code`.
    """
    actor = doing.by
    if trail.is_repeat(session, doing, DeedName.CONTACT_PROVED, Ref(Subject.MEMBER, actor.code)):
        return
    if actor.hand is not None or actor.code_maker is not None:
        raise NotAllowedError
    lock_bank(session, actor.bank_id)
    own = (SignInCode.person_id == actor.person_id, SignInCode.purpose == CodePurpose.PROVE_EMAIL)
    row = find_locked(
        session, select(SignInCode).where(*own, SignInCode.code_digest == digest_secret(codes.heard(typed)))
    )
    email = session.get_one(Person, actor.person_id).email or ""
    if row is None or row.voided_at is not None or not is_valid(row.expires_at, row.used_at, doing.now):
        raise CodeDoesNotFitError
    if codes.heard(typed) != code_of(session, row.id, email):  # it was sent to another e-mail than they have now
        raise CodeDoesNotFitError
    row.used_at = doing.now
    session.flush()
    prove_own_email(session, actor, email, doing.now)


def code_of(session: Session, code_id: int, email: str) -> str:
    """Return the code of a row that was sent to an e-mail."""
    key: bytes = session.info["books_key"]
    return codes.secret_of(hmac.digest(key, f"mailed code {code_id} {email}".encode(), "sha256"))


def find_mailed(session: Session, code_id: int, email: str) -> SignInCode | None:
    """Return the row of a code that was made for this e-mail; None if there is none."""
    row = session.get(SignInCode, code_id)
    is_for_it = row is not None and row.code_digest == digest_secret(code_of(session, code_id, email))
    return row if is_for_it else None


def _is_trusted(session: Session, person: Person, now: datetime) -> bool:
    """Return whether the e-mail is the person's own, nobody else's, and has been for long enough."""
    if not person.email or not person.email_is_proved or person.email_failed_at is not None:
        return False
    proved = (Person.email == person.email, Person.id != person.id, Person.email_is_proved)
    others = session.scalar(select(func.count()).where(*proved))
    return not others and person.email_trusted_from is not None and person.email_trusted_from <= now


def _is_often(session: Session, person_id: int, purpose: CodePurpose, now: datetime) -> bool:
    """Return whether as many codes for this were sent to a person within an hour as anybody needs; locks the person."""
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True)).one()
    sent = select(func.count()).where(
        SignInCode.person_id == person_id,
        SignInCode.purpose == purpose,
        SignInCode.made_at > now - _HOUR,
    )
    return (session.scalar(sent) or 0) >= MOST_AN_HOUR


def _add(session: Session, bank_id: int, person: Person, purpose: CodePurpose, now: datetime) -> int:
    code_id = clock.next_id()
    row = SignInCode(
        id=code_id,
        code_digest=digest_secret(code_of(session, code_id, person.email or "")),
        bank_id=bank_id,
        person_id=person.id,
        purpose=purpose,
        made_at=now,
        expires_at=now + MAILED_CODE_LIFE,
    )
    session.add(row)
    session.flush()
    return code_id


def _tell(  # noqa: PLR0913, PLR0917 (whom, what, and of which code)
    session: Session, bank_id: int, member_id: int, kind: NoticeKind, subject: Ref, code_id: int, now: datetime
) -> None:
    facts, occasion = {"code_id": code_id}, codes.in_letters(code_id)
    tell(session, bank_id, [member_id], kind, subject, now=now, facts=facts, occasion=occasion)


def _list_holding(session: Session, _bank_id: int, notices: Sequence[Told], now: datetime) -> set[int]:
    """Return the ids of those notices whose code can still be used."""
    ids = [notice.facts.get("code_id") for notice in notices]
    query = select(SignInCode.id).where(
        SignInCode.id.in_(ids),
        SignInCode.used_at.is_(None),
        SignInCode.voided_at.is_(None),
        SignInCode.expires_at > now,
    )
    usable = set(session.scalars(query))
    return {notice.id for notice in notices if notice.facts.get("code_id") in usable}


register([NoticeKind.SIGN_IN_CODE, NoticeKind.EMAIL_CODE], _list_holding)
