"""Handling mail that came back: the delivery fails, its address is marked, its notices are sent another way.

A message can do no more than its token allows: say of one e-mail, to whoever it was sent, that it came back. The same
again, or anything about an e-mail that has failed already, changes nothing.
"""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from timebank.config import Settings
from timebank.notices.actions import stop, tell
from timebank.notices.bounces import count_bounces, find_sent, mark_returned, note_bounce
from timebank.notices.kinds import NoticeKind, Topic
from timebank.notices.models import Failure
from timebank.notices.queries import DeliveryRow, find_choice
from timebank.notices.return_paths import ReturnPath
from timebank.notices.returned_mail import ANSWERED_EACH, MOST_SOFT, SOFT, SOFT_WITHIN, ReturnedMail, ReturnKind, read
from timebank.notices.rules import Choice, Often, Way
from timebank.references import Ref, Subject
from timebank.retries import with_retries
from timebank.signing_in.queries import find_email_worked_at
from timebank.telling.otherwise import ask_for_email, tell_otherwise
from timebank.telling.recipients import Recipient, list_recipients, note_failed_email

_log = logging.getLogger(__name__)


class Outcome(StrEnum):
    """What came of a message: the e-mail failed, was counted as put off, its topic stopped, it is answered, or nothing.

    `not_ours`: it names no e-mail of this site.
    """

    ANSWERED = "answered"
    FAILED = "failed"
    COUNTED = "counted"
    STOPPED = "stopped"
    NOTHING = "nothing"
    NOT_OURS = "not_ours"


def return_path_of(settings: Settings) -> ReturnPath | None:
    """Return the return path of the setting TIMEBANK_BOUNCES_TO; None where e-mails come back to where they come from.

    Raises NotSetUpError.
    """
    return ReturnPath.of(settings.bounces_to, settings.secret_key) if settings.bounces_to else None


def take(
    content: bytes,
    path: ReturnPath,
    writing: Callable[[], AbstractContextManager[Session]],
    now: datetime,
    *,
    recipient: str = "",
) -> Outcome:
    """Do what a message asks for, in a transaction of `writing` where there is anything to do.

    One that lost a conflict with a worker is done once more.
    """
    returned = read(content, path, recipient)
    if returned is None:
        return Outcome.NOT_OURS
    if returned.kind is None:
        return Outcome.NOTHING
    kind = returned.kind

    def take_once() -> Outcome:
        with writing() as session:
            return _take(session, returned, kind, path, now)

    outcome = with_retries(take_once)
    _log.info("mail came back: %s of delivery %d, %s", returned.kind, returned.token.delivery_id, outcome)
    return outcome


def _take(session: Session, returned: ReturnedMail, kind: ReturnKind, path: ReturnPath, now: datetime) -> Outcome:
    token = returned.token
    delivery = find_sent(session, token, now)
    was_answered = kind is ReturnKind.REPLY and count_bounces(session, token.mark, {kind}, now - ANSWERED_EACH) > 0
    if delivery is None or was_answered or not note_bounce(session, token, kind, now):
        return Outcome.NOTHING
    reader = list_recipients(session, delivery.bank_id, [delivery.member_id]).get(delivery.member_id)
    if reader is None:
        return Outcome.NOTHING
    is_present = reader.email is not None and path.is_for(token, reader.email)
    if kind is ReturnKind.COMPLAINT:
        return _take_complaint(session, delivery, reader, now) if is_present else Outcome.NOTHING
    if kind is ReturnKind.REPLY:
        return _take_reply(session, delivery, reader, now) if is_present else Outcome.NOTHING
    worked_at = find_email_worked_at(session, reader.person_id) if is_present else None
    # What came back of e-mails that were sent before a code arrived there says nothing about it any more.
    since = max(now - SOFT_WITHIN, worked_at or now - SOFT_WITHIN)
    is_dead = (kind is ReturnKind.NO_SUCH_MAILBOX and (worked_at is None or delivery.made_at >= worked_at)) or (
        is_present and kind in SOFT and count_bounces(session, token.mark, SOFT, since) >= MOST_SOFT
    )
    if kind is ReturnKind.DELAYED and not is_dead:
        return Outcome.COUNTED
    mark_returned(session, delivery, Failure.NO_SUCH_MAILBOX if is_dead else Failure.RETURNED, now)
    if is_present:  # what was sent to an e-mail that its reader has no longer is left at that
        if is_dead and reader.email is not None:
            note_failed_email(session, reader.person_id, reader.email, now)
        ask_for_email(session, delivery, now)
        tell_otherwise(session, delivery, now)
    return Outcome.FAILED


def _take_complaint(session: Session, delivery: DeliveryRow, reader: Recipient, now: datetime) -> Outcome:
    """Send its reader nothing of what goes on round the bank any more; what concerns them is still sent."""
    topic = Topic.ROUND_THE_BANK
    if find_choice(session, delivery.bank_id, delivery.member_id, topic).way is not Way.EMAIL:
        return Outcome.NOTHING
    none = Choice(Way.NONE, Often.AT_ONCE)
    stop(session, delivery._replace(topic=topic), reader.code, none, now=now)
    return Outcome.STOPPED


def _take_reply(session: Session, delivery: DeliveryRow, reader: Recipient, now: datetime) -> Outcome:
    """Answer who wrote to a return path with the address of the office, by e-mail only, once in 7 days at most."""
    tell(
        session,
        delivery.bank_id,
        [delivery.member_id],
        NoticeKind.REPLY_UNREAD,
        Ref(Subject.MEMBER, reader.code),
        now=now,
        facts={"to": reader.email},
        occasion=now.date().isoformat(),
    )
    return Outcome.ANSWERED
