"""Sending the e-mails that are due: claim them, write those that still hold, send them, store what came of it."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from timebank import clock
from timebank.config import Settings
from timebank.db import reading
from timebank.members.recipients import note_failed_email
from timebank.notices.outbox import claim, give_back, mark_dropped, mark_failed, mark_sent, tell_otherwise
from timebank.notices.queries import DeliveryRow
from timebank.references import Ref, Subject
from timebank.tasks.actions import open_task
from timebank.tasks.rules import TaskKind
from timebank.web.telling.letters import Letter, write
from timebank.web.telling.mail import Sender
from timebank.worker.gathering import BATCH, gather, list_quiet
from timebank.worker.transports import (
    AwayError,
    Connection,
    NoSuchMailboxError,
    RefusedError,
    SendingFailedError,
    Transport,
)

_log = logging.getLogger(__name__)
#: So many deliveries are claimed at a time; their claims hold for `outbox.CLAIM`.
CLAIMED = 20
#: How long nobody tries again when the mail server is away.
AWAY = timedelta(minutes=5)


@dataclass
class Office:
    """What a worker sends with: the database, the app that renders, and the way out (None: no e-mail goes out)."""

    settings: Settings
    engine: Engine
    app: Flask
    transport: Transport | None
    watch: Callable[[], datetime] = clock.now
    sender: Sender = field(init=False)

    def __post_init__(self) -> None:
        self.sender = Sender(self.settings.sender, self.settings.address)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that commits once, at the end."""
        with Session(self.engine, info=self.settings.session_info) as session:
            yield session
            session.commit()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads."""
        with Session(reading(self.engine), info=self.settings.session_info) as session:
            yield session


def send_what_is_due(office: Office) -> Counter[str]:
    """Gather and send everything that is due now; return how many were sent, dropped, failed or put off."""
    while True:
        with office.writing() as session:
            has_mail, keeps_quiet = office.transport is not None, not office.settings.demo
            if gather(session, office.watch(), has_mail=has_mail, keeps_quiet=keeps_quiet) < BATCH:
                break
    ended = Counter[str]()
    if office.transport is None:
        return ended
    try:
        while claimed := _claim(office):
            _send_all(office, office.transport, claimed, ended)
    except AwayError as error:
        _log.warning("no e-mail goes out: %s", error.kind)
        ended["away"] += 1
    return ended


def _claim(office: Office) -> list[DeliveryRow]:
    now = office.watch()
    with office.writing() as session:
        quiet = [] if office.settings.demo else list_quiet(session, now)
        return list(claim(session, now, CLAIMED, quiet=quiet))


def _send_all(office: Office, transport: Transport, claimed: list[DeliveryRow], ended: Counter[str]) -> None:
    """Send what was claimed. Raises AwayError, after giving back what was not sent."""
    left = list(claimed)
    try:
        with transport.opened() as connection:
            while left:
                ended[_send_one(office, connection, left[0])] += 1
                left.pop(0)
    except AwayError:
        with office.writing() as session:
            give_back(session, left, office.watch() + AWAY)
        raise


def _send_one(office: Office, connection: Connection, delivery: DeliveryRow) -> str:
    """Send one, and write what came of it; return that in a word."""
    with office.reading() as session, office.app.test_request_context(base_url=office.settings.address):
        letter = write(session, delivery, office.sender, office.watch())
    if not isinstance(letter, Letter):
        with office.writing() as session:
            mark_dropped(session, delivery, letter, office.watch())
        return "dropped"
    try:
        connection.send(letter.message, letter.to)
    except AwayError:
        raise
    except SendingFailedError as error:
        return _write_failure(office, delivery, letter, error)
    with office.writing() as session:
        mark_sent(session, delivery, office.watch())
    return "sent"


def _write_failure(office: Office, delivery: DeliveryRow, letter: Letter, error: SendingFailedError) -> str:
    """Write a failure. For good, a broker is asked to find out why, or another address.

    Where nothing reaches the address, what it should have told is told by another way.
    """
    now = office.watch()
    with office.writing() as session:
        is_final = mark_failed(
            session, delivery, error.kind, now, for_good=isinstance(error, (NoSuchMailboxError, RefusedError))
        )
        if is_final and not isinstance(error, RefusedError):
            note_failed_email(session, letter.person_id, letter.to, now)
            tell_otherwise(session, delivery, now)
        if is_final:
            subject = Ref(Subject.MEMBER, letter.member_code)
            open_task(session, delivery.bank_id, kind=TaskKind.EMAIL_FAILS, subject=subject, now=now)
    return "failed" if is_final else "put_off"
