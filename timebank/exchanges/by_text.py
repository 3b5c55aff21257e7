"""Confirming and disputing recorded hours by text message, in banks that allow it.

Anybody can make a text look as if it came from a number, so an answer counts by the code in the text that asked. The
code is derived from the exchange, the member and the number by the books' key, and stands in no table. It works once,
since an exchange is recorded once; and only while the number is one person's alone, who has shown that it is theirs.
"""

import hmac
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from timebank.actors import Actor, Doing, Standing
from timebank.banks.models import Bank
from timebank.errors import TimebankError
from timebank.exchanges import actions
from timebank.exchanges.models import Exchange
from timebank.exchanges.rules import Side, State
from timebank.exchanges.text_answers import CODE_DIGITS, TextAnswer, read_answer
from timebank.exchanges.waiting import LONGEST_REMINDED
from timebank.members.models import Membership, Person
from timebank.members.queries import find_actor_by_id
from timebank.notices.actions import tell
from timebank.notices.kinds import NoticeKind
from timebank.references import Ref, Subject
from timebank.security.actions import NewEvent, Origin, count_recent, record
from timebank.security.rules import EventKind
from timebank.signing_in.trusted import gets_codes_by_text
from timebank.spelling import clean
from timebank.telling.incoming_texts import MOST_LETTERS

#: So many codes that fit nothing may come from a number within a day; after that, brokers read what it sends.
MOST_WRONG = 5
_DAY = timedelta(days=1)
_ASKED = (State.RECORDED, State.CONFIRMED, State.DISPUTED)
_MOST_EXCHANGES = 200


class _Asked(NamedTuple):
    """Hours that a member was asked about: how they stand, and the member as who answers."""

    code: str
    state: str
    by: Actor


def code_for(
    session: Session, bank: Bank, exchange: Exchange, member_id: int, person_id: int, now: datetime
) -> str | None:
    """Return the code by which a member answers by text whether recorded hours are right; None where they cannot."""
    if not bank.answers_by_text or exchange.state != State.RECORDED:
        return None
    phone = session.scalar(select(Person.phone).where(Person.id == person_id))
    if phone is None or _find_owner(session, phone, now) is None:
        return None
    return _code(session, exchange.bank_id, exchange.code, member_id, phone)


def take_answer(session: Session, phone: str, content: str, now: datetime) -> bool:
    """Do what a text from a number (E.164) answers about recorded hours, as the member's act; return whether it did.

    Also true where the same answer was given before. Where it is false, brokers have to read the text: it answers
    nothing, its code fits nothing, the number is not known to be one person's alone, or the hours cannot move.
    """
    answer = read_answer(clean(content)[:MOST_LETTERS])
    owner = _find_owner(session, phone, now, is_locked=True) if answer is not None else None
    if answer is None or owner is None:
        return False
    memberships = _list_memberships(session, owner)
    if any(_is_stopped(session, bank_id, phone, now) for bank_id, _member_id in memberships):
        return False
    fitting = [
        asked
        for bank_id, member_id in memberships
        for asked in _list_asked(session, bank_id, member_id, now)
        if hmac.compare_digest(_code(session, bank_id, asked.code, member_id, phone), answer.code)
    ]
    if not fitting:
        for bank_id, member_id in memberships:
            failed = EventKind.TEXT_ANSWER_FAILED
            record(session, NewEvent(failed, bank_id, owner, member_id, now, Origin(address=phone)))
    return len(fitting) == 1 and _do(session, fitting[0], answer, now)


def _do(session: Session, asked: _Asked, answer: TextAnswer, now: datetime) -> bool:
    if asked.state == (State.CONFIRMED if answer.is_yes else State.DISPUTED):
        return True  # the same answer again
    doing = Doing(replace(asked.by, by_text=True), now)
    try:
        with session.begin_nested():
            if answer.is_yes:
                actions.confirm(session, asked.code, doing)
            else:
                actions.dispute(session, asked.code, doing, words=answer.words, minutes=None)
    except TimebankError:
        return False
    kind, subject = NoticeKind.ANSWERED_BY_TEXT, Ref(Subject.EXCHANGE, asked.code)
    tell(session, asked.by.bank_id, [asked.by.membership_id], kind, subject, now=now, facts={"is_yes": answer.is_yes})
    return True


def _code(session: Session, bank_id: int, code: str, member_id: int, phone: str) -> str:
    key: bytes = session.info["books_key"]
    digest = hmac.digest(key, f"answer by text {bank_id} {code} {member_id} {phone}".encode(), "sha256")
    return f"{int.from_bytes(digest[:8]) % 10**CODE_DIGITS:0{CODE_DIGITS}}"


def _find_owner(session: Session, phone: str, now: datetime, *, is_locked: bool = False) -> int | None:
    """Return the id of the one person who has this number, and has shown that it is theirs; None if there is none.

    A number that others wrote down would let them answer in somebody's name. Locked, tries of codes from a number are
    counted one after another.
    """
    query = select(Person).where(Person.phone == phone).order_by(Person.id)
    people = session.scalars(query.with_for_update(key_share=True) if is_locked else query).all()
    owners = [person.id for person in people if gets_codes_by_text(session, person, now)]
    return owners[0] if len(owners) == 1 else None


def _list_memberships(session: Session, person_id: int) -> list[tuple[int, int]]:
    """Return (bank id, membership id) of a person's active memberships of banks that take answers by text."""
    query = (
        select(Membership.bank_id, Membership.id)
        .join(Bank, Bank.id == Membership.bank_id)
        .where(
            Membership.person_id == person_id,
            Membership.standing == Standing.ACTIVE,
            Membership.is_holder.is_(False),
            Bank.answers_by_text,
        )
    )
    return [(row.bank_id, row.id) for row in session.execute(query.order_by(Membership.bank_id))]


def _is_stopped(session: Session, bank_id: int, phone: str, now: datetime) -> bool:
    tried = count_recent(session, bank_id, EventKind.TEXT_ANSWER_FAILED, Origin(address=phone), now - _DAY)
    return tried >= MOST_WRONG


def _list_asked(session: Session, bank_id: int, member_id: int, now: datetime) -> list[_Asked]:
    """Return the hours that a member is asked about, and those that they have answered of late."""
    actor = find_actor_by_id(session, bank_id, member_id)
    if actor is None:
        return []
    asked = or_(
        (Exchange.giver_account_id == actor.account_id) & (Exchange.recorded_side == Side.RECEIVER),
        (Exchange.receiver_account_id == actor.account_id) & (Exchange.recorded_side == Side.GIVER),
    )
    query = select(Exchange.code, Exchange.state).where(
        Exchange.bank_id == bank_id, asked, Exchange.state.in_(_ASKED), Exchange.changed_at > now - LONGEST_REMINDED
    )
    rows = session.execute(query.order_by(Exchange.changed_at.desc(), Exchange.id).limit(_MOST_EXCHANGES))
    return [_Asked(row.code, row.state, actor) for row in rows]
