"""Codes that are sent by e-mail or text: their rows, how many there may be, and the notices that carry them.

The code is derived from its row's id and the contact by the books' key, so that it stands in no table, the worker can
write it, and it is good for no other contact.
"""

import hmac
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.members.models import Membership, Person
from timebank.notices.actions import tell
from timebank.notices.holding import register
from timebank.notices.kinds import CODES, TEXTED_CODES, NoticeKind
from timebank.notices.queries import Told
from timebank.references import Ref, Subject
from timebank.signing_in.models import SignInCode
from timebank.signing_in.queries import digest_secret
from timebank.signing_in.rules import MOST_AN_HOUR, MOST_TEXTS_A_DAY, SENT_CODE_LIFE, CodePurpose
from timebank.telling.stopped import has_stopped

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
#: The notice that carries a code, by what the code is for.
_KINDS = {
    CodePurpose.MAILED: NoticeKind.SIGN_IN_CODE,
    CodePurpose.TEXTED: NoticeKind.TEXTED_SIGN_IN_CODE,
    CodePurpose.PROVE_EMAIL: NoticeKind.EMAIL_CODE,
    CodePurpose.PROVE_PHONE: NoticeKind.PHONE_CODE,
}


def code_of(session: Session, code_id: int, contact: str) -> str:
    """Return the code of a row that was sent to a contact."""
    key: bytes = session.info["books_key"]
    return codes.secret_of(hmac.digest(key, f"mailed code {code_id} {contact}".encode(), "sha256"))


def find_sent(session: Session, code_id: int, contact: str) -> SignInCode | None:
    """Return the row of a code that was made for this contact; None if there is none."""
    row = session.get(SignInCode, code_id)
    is_for_it = row is not None and row.code_digest == digest_secret(code_of(session, code_id, contact))
    return row if is_for_it else None


def is_often(session: Session, person_id: int, purposes: Collection[CodePurpose], now: datetime) -> bool:
    """Return whether as many codes for this were sent to a person within an hour as anybody needs; locks the person."""
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True)).one()
    return _count(session, person_id, purposes, now - _HOUR) >= MOST_AN_HOUR


def is_texted_often(session: Session, person_id: int, purpose: CodePurpose, now: datetime) -> bool:
    """Return whether a person was sent as many codes by text within a day as anybody needs: each costs money."""
    return _count(session, person_id, [purpose], now - _DAY) >= MOST_TEXTS_A_DAY


def _count(session: Session, person_id: int, purposes: Collection[CodePurpose], since: datetime) -> int:
    sent = select(func.count()).where(
        SignInCode.person_id == person_id, SignInCode.purpose.in_(purposes), SignInCode.made_at > since
    )
    return session.scalar(sent) or 0


def send_code(session: Session, member: Membership, contact: str, purpose: CodePurpose, now: datetime) -> None:
    """Store a code for a member's contact, and the notice that carries it there."""
    code_id = clock.next_id()
    row = SignInCode(
        id=code_id,
        code_digest=digest_secret(code_of(session, code_id, contact)),
        bank_id=member.bank_id,
        person_id=member.person_id,
        purpose=purpose,
        made_at=now,
        expires_at=now + SENT_CODE_LIFE,
    )
    session.add(row)
    session.flush()
    kind, subject, facts = _KINDS[purpose], Ref(Subject.MEMBER, member.code), {"code_id": code_id}
    occasion = codes.in_letters(code_id)
    tell(session, member.bank_id, [member.id], kind, subject, now=now, facts=facts, occasion=occasion)


def _list_holding(session: Session, _bank_id: int, notices: Sequence[Told], now: datetime) -> set[int]:
    """Return the ids of those notices whose code can still be used, and whose reader has not stopped texts since."""
    ids = [notice.facts.get("code_id") for notice in notices]
    query = select(SignInCode.id, Person.phone).where(
        SignInCode.id.in_(ids),
        SignInCode.used_at.is_(None),
        SignInCode.voided_at.is_(None),
        SignInCode.expires_at > now,
        Person.id == SignInCode.person_id,
    )
    phones = {row.id: row.phone for row in session.execute(query)}

    def holds(notice: Told) -> bool:
        code_id = notice.facts.get("code_id")
        if code_id not in phones:
            return False
        phone = phones[code_id] or ""
        return notice.kind not in TEXTED_CODES or not has_stopped(session, phone)

    return {notice.id for notice in notices if holds(notice)}


register(sorted(CODES), _list_holding)
