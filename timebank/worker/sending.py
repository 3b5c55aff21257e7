"""Sending the e-mails that are due: claim them, write those that still hold, send them, store what came of it."""

import logging
from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from timebank.banks.models import Bank
from timebank.db import is_worth_retrying
from timebank.members.recipients import list_recipients, note_failed_email
from timebank.notices.kinds import Topic
from timebank.notices.models import Dropped, Failure
from timebank.notices.outbox import (
    CLAIM,
    Ended,
    claim,
    give_back,
    mark_dropped,
    mark_failed,
    mark_sent,
    move,
    renew,
)
from timebank.notices.queries import DeliveryRow
from timebank.notices.rules import Way
from timebank.references import Ref, Subject
from timebank.tasks.actions import open_task
from timebank.tasks.rules import TaskKind
from timebank.web.telling.writing import OutgoingMail, write
from timebank.worker.answering import answer_requests
from timebank.worker.by_hand import ask_to_post, ask_to_ring
from timebank.worker.gathering import BATCH, gather, list_quiet
from timebank.worker.office import Office
from timebank.worker.transports import (
    AwayError,
    Connection,
    NoSuchMailboxError,
    RefusedError,
    SendingFailedError,
    Transport,
)
from timebank.worker.trouble import place_of

_log = logging.getLogger(__name__)
#: So many deliveries are claimed at a time; their claims hold for `outbox.CLAIM`.
CLAIMED = 20
#: How long nobody tries again when the mail server is away.
AWAY = timedelta(minutes=5)
#: After so many refusals in a row it is rather the server that has something against us.
MOST_REFUSED = 5
#: A claim that has waited so long behind others is looked at again before its e-mail is sent.
_WAITED = timedelta(minutes=1)
#: How often a batch that met another worker's is gathered again.
_TRIES = 3
_FAILED = frozenset({Ended.REFUSED, Ended.UNWRITABLE})


def send_what_is_due(office: Office) -> Counter[Ended]:
    """Gather and send everything that is due now; return how many were sent, dropped, failed or put off.

    Where a thread of this process does so already, nothing is done: so the others are free for what else there is.
    """
    if not office.at_work.acquire(blocking=False):
        return Counter()
    try:
        return _send_what_is_due(office)
    finally:
        office.at_work.release()


def _send_what_is_due(office: Office) -> Counter[Ended]:
    answer_requests(office)
    while _gather(office) == BATCH:
        pass
    ended = Counter[Ended]()
    if office.transport is None:
        return ended
    try:
        while claimed := _claim(office):
            _send_all(office, office.transport, claimed, ended)
    except AwayError as error:
        _log.warning("no e-mail goes out: %s", error.kind)
        ended[Ended.AWAY] += 1
    return ended


def _gather(office: Office) -> int:
    """Gather a batch, once more where another worker was in the way; return how many notices there were."""
    for left in reversed(range(_TRIES)):
        try:
            with office.writing() as session:
                has_mail, keeps_quiet = office.transport is not None, not office.settings.demo
                return gather(session, office.watch(), has_mail=has_mail, keeps_quiet=keeps_quiet)
        except DBAPIError as error:
            if not left or not is_worth_retrying(error):
                raise
    return 0


def _claim(office: Office) -> list[DeliveryRow]:
    now = office.watch()
    with office.writing() as session:
        quiet = [] if office.settings.demo else list_quiet(session, now)
        return list(claim(session, now, CLAIMED, quiet=quiet))


def _send_all(office: Office, transport: Transport, claimed: list[DeliveryRow], ended: Counter[Ended]) -> None:
    """Send what was claimed, and give back what was not.

    Raises AwayError, also where a server refuses one after another.
    """
    left, refused = list(claimed), 0
    try:
        with transport.opened() as connection:
            while left:
                outcome = _send_one(office, connection, left[0])
                left.pop(0)
                ended[outcome] += 1
                refused = refused + 1 if outcome is Ended.REFUSED else 0 if outcome is Ended.SENT else refused
                if refused == MOST_REFUSED:
                    raise AwayError(Failure.RECIPIENT)
    finally:
        if left:
            with office.writing() as session:
                give_back(session, left, office.watch() + AWAY)


def _send_one(office: Office, connection: Connection, delivery: DeliveryRow) -> Ended:
    """Send one, write what came of it, and return that. Raises AwayError."""
    if not _holds_claim(office, delivery):
        return Ended.LOST
    try:
        mail = _write(office, delivery)
    except Exception as error:  # noqa: BLE001 (one that cannot be written keeps no other from being sent)
        _log.error("an e-mail could not be written: %s", place_of(error))
        return _write_failure(office, delivery, None, RefusedError(Failure.PROGRAM))
    if not isinstance(mail, OutgoingMail):
        with office.writing() as session:
            if mark_dropped(session, delivery, mail, office.watch()) and mail is Dropped.NO_WAY:
                _tell_otherwise(session, delivery, office.watch())
        return Ended.DROPPED
    failure = _hand_over(connection, mail)
    if failure is not None:
        return _write_failure(office, delivery, mail, failure)
    with office.writing() as session:
        mark_sent(session, delivery, office.watch())
    return Ended.SENT


def _holds_claim(office: Office, delivery: DeliveryRow) -> bool:
    """Return whether the claim still holds, and renew one that has been waiting behind others."""
    now = office.watch()
    if delivery.claimed_until is None or delivery.claimed_until - now > CLAIM - _WAITED:
        return True
    with office.writing() as session:
        return renew(session, delivery, now)


def _write(office: Office, delivery: DeliveryRow) -> OutgoingMail | Dropped:
    with office.reading() as session, office.app.test_request_context(base_url=office.settings.address):
        return write(session, delivery, office.sender, office.watch())


def _hand_over(connection: Connection, mail: OutgoingMail) -> SendingFailedError | None:
    """Hand an e-mail over; return why it was not taken, without the server's own exception. Raises AwayError."""
    try:
        connection.send(mail.message, mail.to)
    except AwayError:
        raise
    except SendingFailedError as error:
        return error
    except Exception as error:  # noqa: BLE001 (as above)
        _log.error("an e-mail could not be handed over: %s", place_of(error))
        return RefusedError(Failure.PROGRAM)
    return None


def _write_failure(
    office: Office, delivery: DeliveryRow, mail: OutgoingMail | None, error: SendingFailedError
) -> Ended:
    """Write a failure. For good, a broker is asked to find out why, and its reader is rung.

    A connection that broke after an e-mail was handed over may have delivered it: it is tried once more, and then taken
    for sent. What was sent to an e-mail that its reader has no longer is left at that.
    """
    now, failed_after_data = office.watch(), error.kind is Failure.AFTER_DATA
    with office.writing() as session:
        if failed_after_data and delivery.failure == Failure.AFTER_DATA:
            mark_sent(session, delivery, now)
            return Ended.SENT
        for_good = isinstance(error, (NoSuchMailboxError, RefusedError))
        ended = mark_failed(session, delivery, error.kind, now, for_good=for_good)
        if ended in _FAILED and (mail is None or mail.to == mail.present_email):
            if mail is not None and isinstance(error, NoSuchMailboxError):
                note_failed_email(session, mail.person_id, mail.to, now)
            _tell_otherwise(session, delivery, now, is_failed=True)
    return ended


def _tell_otherwise(session: Session, delivery: DeliveryRow, now: datetime, *, is_failed: bool = False) -> None:
    """Let brokers ring the reader, or write a letter, and where the e-mail failed ask for another one."""
    reader = list_recipients(session, delivery.bank_id, [delivery.member_id]).get(delivery.member_id)
    if reader is None:
        return
    if is_failed:
        subject = Ref(Subject.MEMBER, reader.code)
        open_task(session, delivery.bank_id, kind=TaskKind.EMAIL_FAILS, subject=subject, now=now)
    if delivery.topic != Topic.ABOUT_YOU:
        return
    if reader.reach.phone and move(session, delivery, Way.PHONE, now):
        ask_to_ring(session, delivery.bank_id, reader, now)
    elif reader.reach.letter and move(session, delivery, Way.LETTER, now):
        ask_to_post(session, session.get_one(Bank, delivery.bank_id), now)
