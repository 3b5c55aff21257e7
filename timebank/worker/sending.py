"""Sending what is due, e-mails and texts: claim it, write what still holds, send it, store what came of it."""

import logging
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import cast

from timebank.notices.models import Dropped, Failure
from timebank.notices.outbox import (
    CLAIM,
    Ended,
    claim,
    give_back,
    mark_dropped,
    mark_failed,
    mark_sent,
    renew,
)
from timebank.notices.queries import DeliveryRow
from timebank.notices.rules import Way
from timebank.retries import with_retries
from timebank.telling.otherwise import ask_for_email, tell_otherwise
from timebank.telling.recipients import note_failed_email
from timebank.web.telling.writing import OutgoingMail, OutgoingText, write, write_text
from timebank.worker.answering import answer_requests
from timebank.worker.gathering import BATCH, gather, list_quiet
from timebank.worker.office import Office
from timebank.worker.reading_ahead import ReadingAhead
from timebank.worker.text_transports import TextTransport
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
Outgoing = OutgoingMail | OutgoingText
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
    ended, ways = Counter[Ended](), dict(_ways_out(office))
    while True:
        answer_requests(office)  # in each round: nobody waits for a code behind thousands of digests
        while _gather(office) == BATCH:
            pass
        if not ways:
            return ended
        for way, transport in list(ways.items()):
            if not _send_some(office, way, transport, ended):
                ways.pop(way)


def _ways_out(office: Office) -> Iterator[tuple[Way, Transport | TextTransport]]:
    if office.transport is not None:
        yield Way.EMAIL, office.transport
    if office.texts is not None:
        yield Way.TEXT, office.texts


def _send_some(office: Office, way: Way, transport: Transport | TextTransport, ended: Counter[Ended]) -> bool:
    """Send the next few of a way; return whether there may be more that can go out now."""
    try:
        claimed = _claim(office, way)
        _send_all(office, transport, claimed, ended)
    except AwayError as error:
        _log.warning("no %s goes out: %s", way, error.kind)
        ended[Ended.AWAY] += 1
        return False
    return bool(claimed)


def _gather(office: Office) -> int:
    """Gather a batch, once more where another worker was in the way; return how many notices there were."""

    def gather_once() -> int:
        with office.writing() as session:
            return gather(session, office.watch(), office.means)

    return with_retries(gather_once)


def _claim(office: Office, way: Way) -> list[DeliveryRow]:
    now = office.watch()
    with office.writing() as session:
        quiet = [] if office.settings.demo else list_quiet(session, now)
        most = office.pace.most(CLAIMED) if way is Way.EMAIL else CLAIMED
        return list(claim(session, now, most, quiet=quiet, way=way))


def _send_all(
    office: Office, transport: Transport | TextTransport, claimed: list[DeliveryRow], ended: Counter[Ended]
) -> None:
    """Send what was claimed, and give back what was not.

    Raises AwayError, also where a server refuses one after another.
    """
    left, refused, ahead = list(claimed), 0, ReadingAhead(office, claimed)
    try:
        with transport.opened() as connection:
            while left:
                outcome = _send_one(office, connection, left[0], ahead)
                left.pop(0)
                ended[outcome] += 1
                refused = refused + 1 if outcome is Ended.REFUSED else 0 if outcome is Ended.SENT else refused
                if refused == MOST_REFUSED:
                    raise AwayError(Failure.RECIPIENT)
    finally:
        if left:
            with office.writing() as session:
                give_back(session, left, office.watch() + AWAY)


def _send_one(
    office: Office, connection: Connection | TextTransport, delivery: DeliveryRow, ahead: ReadingAhead
) -> Ended:
    """Send one, write what came of it, and return that. Raises AwayError."""
    if not _holds_claim(office, delivery):
        return Ended.LOST
    try:
        outgoing = _write(office, delivery, ahead)
    except Exception as error:  # noqa: BLE001 (one that cannot be written keeps no other from being sent)
        _log.error("an e-mail or a text could not be written: %s", place_of(error))
        return _write_failure(office, delivery, None, RefusedError(Failure.PROGRAM))
    if isinstance(outgoing, Dropped):
        with office.writing() as session:
            if mark_dropped(session, delivery, outgoing, office.watch()) and outgoing is Dropped.NO_WAY:
                tell_otherwise(session, delivery, office.watch(), has_mail=office.means.has_mail)
        return Ended.DROPPED
    if isinstance(outgoing, OutgoingMail):
        office.pace.wait()
    failure = _hand_over(connection, outgoing, _return_path(office, delivery, outgoing))
    if failure is not None:
        ended = _write_failure(office, delivery, outgoing, failure)
        if ended is Ended.PUT_OFF and delivery.way == Way.TEXT:
            raise AwayError(failure.kind)  # so that a gateway that is slow holds nothing else up
        return ended
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


def _write(office: Office, delivery: DeliveryRow, ahead: ReadingAhead) -> Outgoing | Dropped:
    with office.app.test_request_context(base_url=office.settings.address):
        prepared = ahead.get(delivery)
        if isinstance(prepared, Dropped):
            return prepared
        write_it = write_text if delivery.way == Way.TEXT else write
        return write_it(prepared, delivery, office.sender, office.watch())


def _return_path(office: Office, delivery: DeliveryRow, outgoing: Outgoing) -> str | None:
    """Return the envelope sender of an e-mail: none for an answer; None for where it comes from."""
    if isinstance(outgoing, OutgoingMail) and outgoing.is_answer:
        return ""
    path = office.return_path if isinstance(outgoing, OutgoingMail) else None
    return path.make(delivery.bank_id, delivery.id, outgoing.to) if path else None


def _hand_over(
    connection: Connection | TextTransport, outgoing: Outgoing, return_path: str | None
) -> SendingFailedError | None:
    """Hand it over; return why it was not taken, without the server's own exception.

    Raises AwayError where a mail server is away. That of a gateway is returned, so that the text that met it has had
    its try: what a gateway says of one number may look as if it were away for all.
    """
    try:
        if isinstance(outgoing, OutgoingText):
            cast("TextTransport", connection).send(outgoing.to, outgoing.text, outgoing.ref)
        else:
            cast("Connection", connection).send(outgoing.message, outgoing.to, return_path)
    except AwayError as error:
        if isinstance(outgoing, OutgoingText):
            return error
        raise
    except SendingFailedError as error:
        return error
    except Exception as error:  # noqa: BLE001 (as above)
        _log.error("what was written could not be handed over: %s", place_of(error))
        return RefusedError(Failure.PROGRAM)
    return None


def _write_failure(
    office: Office, delivery: DeliveryRow, outgoing: Outgoing | None, error: SendingFailedError
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
        if ended in _FAILED and (outgoing is None or outgoing.to == outgoing.present):
            if outgoing is not None and isinstance(error, NoSuchMailboxError):
                note_failed_email(session, outgoing.person_id, outgoing.to, now)
            if delivery.way == Way.EMAIL:
                ask_for_email(session, delivery, now)
            tell_otherwise(session, delivery, now, has_mail=office.means.has_mail)
    return ended
