"""Asking for a code to sign in without a password: everybody is answered alike, and the worker finds out who it was."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank import clock
from timebank.actors import Standing, Unattended
from timebank.banks.models import Bank
from timebank.members.models import Membership, Person
from timebank.notices.actions import HAS_TOLD
from timebank.notices.kinds import Topic
from timebank.notices.queries import find_choice
from timebank.notices.rules import Way
from timebank.references import DeedName, Ref, Subject
from timebank.signing_in.models import CodeRequest
from timebank.signing_in.queries import find_candidate
from timebank.signing_in.rules import SENT_CODE_LIFE, CodePurpose, way_of_code
from timebank.signing_in.sent_codes import is_often, is_texted_often, send_code
from timebank.signing_in.trusted import gets_codes_by_email, gets_codes_by_text, may_text
from timebank.trail import actions as trail

_LONGEST = 254
#: The uses of codes that one signs in with, whatever they were sent by: one brake is for both.
_TO_SIGN_IN = (CodePurpose.MAILED, CodePurpose.TEXTED)


def ask_for_code(session: Session, bank: Bank, typed: str, *, now: datetime) -> None:
    """Note that somebody asks for a code by a member number, e-mail or phone; the worker finds out whose it is.

    So it takes as long for who is a member as for who is none.
    """
    request = CodeRequest(id=clock.next_id(), bank_id=bank.id, typed=typed.strip()[:_LONGEST], asked_at=now)
    session.add(request)
    session.flush()
    session.info[HAS_TOLD] = True


def answer_requests(session: Session, *, now: datetime, most: int, ways: Collection[Way]) -> int:
    """Send codes to those of the oldest requests whom a bank knows; forget these requests, and return how many.

    `ways` are those that the site has, of e-mail and text.
    """
    requests = session.scalars(
        select(CodeRequest).order_by(CodeRequest.id).limit(most).with_for_update(skip_locked=True)
    ).all()
    for request in requests:
        if now - request.asked_at < SENT_CODE_LIFE:  # nobody waits for a code any more
            send_code_to(session, session.get_one(Bank, request.bank_id), request.typed, now=now, ways=ways)
        session.delete(request)
    session.flush()
    return len(requests)


def send_code_to(session: Session, bank: Bank, typed: str, *, now: datetime, ways: Collection[Way]) -> None:
    """Send a code to sign in to who goes by a member number, e-mail or phone, if a contact is known to be theirs.

    Otherwise nothing happens, and whoever asked does not learn it. Nothing is sent to a contact that several people
    have, nor to one that a keeper has proved of late: one keeper alone could sign in as a member.
    """
    candidate = find_candidate(session, bank.id, typed, phone_country=bank.phone_country)
    if candidate is None:
        return
    person = session.get_one(Person, candidate.id)
    member = session.scalars(
        select(Membership).where(
            Membership.bank_id == bank.id, Membership.person_id == person.id, Membership.standing != Standing.LEFT
        )
    ).one()
    way = _find_way(session, bank, member.id, person, now, ways)
    if way is Way.NONE or is_often(session, person.id, _TO_SIGN_IN, now):
        return
    subject = Ref(Subject.MEMBER, member.code)
    if way is Way.EMAIL:
        trail.begin(session, Unattended(bank.id, now), DeedName.SIGN_IN_CODE_MAILED, subject)
        send_code(session, member, person.email or "", CodePurpose.MAILED, now)
    elif not is_texted_often(session, person.id, CodePurpose.TEXTED, now):
        trail.begin(session, Unattended(bank.id, now), DeedName.SIGN_IN_CODE_TEXTED, subject)
        send_code(session, member, person.phone or "", CodePurpose.TEXTED, now)


def _find_way(
    session: Session, bank: Bank, member_id: int, person: Person, now: datetime, ways: Collection[Way]
) -> Way:
    """Return the way by which a code goes to a person: that of notices about them, if they may get it by both."""
    by_text = Way.TEXT in ways and gets_codes_by_text(session, person, now) and may_text(session, bank, now)
    by_email = Way.EMAIL in ways and gets_codes_by_email(session, person, now)
    chosen = find_choice(session, bank.id, member_id, Topic.ABOUT_YOU).way
    return way_of_code(by_email=by_email, by_text=by_text, chosen=chosen)
