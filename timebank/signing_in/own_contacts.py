"""Members show that an e-mail or a phone is theirs, by a code that is sent there."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank import codes
from timebank.actors import Actor, Doing
from timebank.banks.models import Bank
from timebank.banks.queries import lock_bank
from timebank.errors import NotAllowedError
from timebank.members.models import Membership, Person
from timebank.members.profiles import prove_own_contact
from timebank.members.rules import ContactKind
from timebank.phones import is_mobile
from timebank.references import DeedName, Ref, Subject
from timebank.rows import find_locked
from timebank.signing_in.errors import (
    CodeDoesNotFitError,
    NoTextsLeftError,
    TextsStoppedError,
    TooManyCodesError,
    TooManyTextsError,
)
from timebank.signing_in.models import SignInCode
from timebank.signing_in.queries import digest_secret
from timebank.signing_in.rules import CodePurpose, is_valid
from timebank.signing_in.sent_codes import code_of, is_often, is_texted_often, send_code
from timebank.signing_in.trusted import may_text
from timebank.telling.stopped import has_stopped
from timebank.trail import actions as trail

_PURPOSES = {ContactKind.EMAIL: CodePurpose.PROVE_EMAIL, ContactKind.PHONE: CodePurpose.PROVE_PHONE}


def mail_email_code(session: Session, doing: Doing) -> None:
    """Send the actor a code to the e-mail that they call theirs.

    Raises NotAllowedError where another acts for them, has seen the code that let them in, or they have no e-mail; and
    TooManyCodesError.
    """
    actor = doing.by
    if trail.is_repeat(session, doing, DeedName.EMAIL_CODE_MAILED, Ref(Subject.MEMBER, actor.code)):
        return
    person = session.get_one(Person, actor.person_id)
    if actor.is_lent or not person.email:
        raise NotAllowedError
    if is_often(session, person.id, [CodePurpose.PROVE_EMAIL], doing.now):
        raise TooManyCodesError
    send_code(session, _membership(session, actor), person.email, CodePurpose.PROVE_EMAIL, doing.now)


def text_phone_code(session: Session, bank: Bank, doing: Doing) -> None:
    """Send the actor a code by text to the phone that they call theirs.

    Raises NotAllowedError where another acts for them, has seen the code that let them in, or no text reaches them;
    TextsStoppedError, NoTextsLeftError, TooManyCodesError and TooManyTextsError.
    """
    actor = doing.by
    if trail.is_repeat(session, doing, DeedName.PHONE_CODE_TEXTED, Ref(Subject.MEMBER, actor.code)):
        return
    person = session.get_one(Person, actor.person_id)
    if actor.is_lent or not bank.texts_a_month or not person.phone or not is_mobile(person.phone):
        raise NotAllowedError
    if has_stopped(session, person.phone):
        raise TextsStoppedError
    if not may_text(session, bank, doing.now, codes=False):
        raise NoTextsLeftError
    if is_often(session, person.id, [CodePurpose.PROVE_PHONE], doing.now):
        raise TooManyCodesError
    if is_texted_often(session, person.id, CodePurpose.PROVE_PHONE, doing.now):
        raise TooManyTextsError
    send_code(session, _membership(session, actor), person.phone, CodePurpose.PROVE_PHONE, doing.now)


def prove_by_code(session: Session, contact_kind: ContactKind, typed: str, doing: Doing) -> None:
    """Record that the actor's e-mail or phone is theirs, by the code that was sent there.

    Raises CodeDoesNotFitError, or NotAllowedError where another acts for them or has seen the code that let them in.
    """
    actor = doing.by
    if trail.is_repeat(session, doing, DeedName.CONTACT_PROVED, Ref(Subject.MEMBER, actor.code)):
        return
    if actor.is_lent:
        raise NotAllowedError
    lock_bank(session, actor.bank_id)
    own = (SignInCode.person_id == actor.person_id, SignInCode.purpose == _PURPOSES[contact_kind])
    row = find_locked(
        session, select(SignInCode).where(*own, SignInCode.code_digest == digest_secret(codes.heard(typed)))
    )
    person = session.get_one(Person, actor.person_id)
    contact = (person.email if contact_kind is ContactKind.EMAIL else person.phone) or ""
    if row is None or row.voided_at is not None or not is_valid(row.expires_at, row.used_at, doing.now):
        raise CodeDoesNotFitError
    if codes.heard(typed) != code_of(session, row.id, contact):  # it was sent to another one than they have now
        raise CodeDoesNotFitError
    row.used_at = doing.now
    session.flush()
    prove_own_contact(session, actor, contact_kind, contact, doing.now)


def _membership(session: Session, actor: Actor) -> Membership:
    return session.get_one(Membership, (actor.bank_id, actor.membership_id))
