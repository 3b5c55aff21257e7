"""Phone numbers from which STOP was sent: whatever members chose, no code goes there by text."""

import hmac
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from timebank.actors import Doing
from timebank.db import insert_into
from timebank.errors import NotAllowedError
from timebank.members.models import Person
from timebank.references import DeedName, Ref, Subject
from timebank.telling.models import StoppedPhone
from timebank.trail import actions as trail


def note_stop(session: Session, phone: str, now: datetime) -> None:
    """Store that STOP came from a number (E.164). It can be forged: then codes go by e-mail, or a broker makes one."""
    row = {"phone_digest": _digest(session, phone), "stopped_at": now}
    session.execute(insert_into(session, StoppedPhone).values(row).on_conflict_do_nothing())


def has_stopped(session: Session, phone: str) -> bool:
    """Return whether STOP came from a number, and nobody who has it has asked for texts since."""
    return session.get(StoppedPhone, _digest(session, phone)) is not None


def want_again(session: Session, doing: Doing) -> None:
    """Let codes go by text to the actor's phone again. Raises NotAllowedError where another acts for them.

    So it does where nobody has proved that the phone is theirs: who has merely typed somebody's number must not.
    """
    actor = doing.by
    if trail.is_repeat(session, doing, DeedName.TEXTS_WANTED_AGAIN, Ref(Subject.MEMBER, actor.code)):
        return
    person = session.get_one(Person, actor.person_id)
    if actor.is_lent or not person.phone or not person.phone_is_proved:
        raise NotAllowedError
    gone = delete(StoppedPhone).where(StoppedPhone.phone_digest == _digest(session, person.phone))
    session.execute(gone.execution_options(synchronize_session="fetch"))


def _digest(session: Session, phone: str) -> bytes:
    return hmac.digest(session.info["books_key"], f"stopped {phone}".encode(), "sha256")
