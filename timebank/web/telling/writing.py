"""From a delivery to its e-mail or text: what still holds, for whom, and the words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from flask import g
from sqlalchemy.orm import Session

from timebank.banks.models import Bank
from timebank.codes import in_letters
from timebank.notices.kinds import ANSWERS, TEXTED_CODES, Topic
from timebank.notices.models import Dropped
from timebank.notices.queries import DeliveryRow, Told, find_choice, list_of_deliveries
from timebank.notices.rules import STALE, Way
from timebank.telling.recipients import Recipient, list_recipients
from timebank.telling.still_told import list_still_told
from timebank.web.telling.mail import Sender, compose
from timebank.web.telling.texts import compose_text
from timebank.web.telling.words import Words, words_of


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """An e-mail to be sent, to which address, and whose it is, with the e-mail that they have at present.

    An answer (`is_answer`) comes back to nobody.
    """

    message: EmailMessage
    to: str
    person_id: int
    present: str | None
    is_answer: bool


@dataclass(frozen=True, slots=True)
class OutgoingText:
    """A text message to be sent, to which number, and whose it is; `ref` is the same at each try."""

    text: str
    ref: str
    to: str
    person_id: int
    present: str | None


def write(session: Session, delivery: DeliveryRow, sender: Sender, now: datetime) -> OutgoingMail | Dropped:
    """Return the e-mail of a delivery, or why it is not to be sent any more. Sets `g.bank` and `g.written_at`.

    What guards a membership goes to its member in any standing; a changed e-mail is notified at the one before.
    """
    prepared = _prepare(session, delivery, now)
    if isinstance(prepared, Dropped):
        return prepared
    reader, words = prepared
    to = delivery.email or reader.email
    if to is None:
        return Dropped.NO_WAY
    message = compose(delivery, words, reader, to, sender, now)
    notices = list_of_deliveries(session, delivery.bank_id, [delivery.id])
    is_answer = any(notice.kind in ANSWERS for notice in notices)
    if is_answer:
        message.replace_header("Auto-Submitted", "auto-replied")
    return OutgoingMail(message, to, reader.person_id, reader.email, is_answer)


def write_text(session: Session, delivery: DeliveryRow, sender: Sender, now: datetime) -> OutgoingText | Dropped:
    """Return the text message of a delivery, or why it is not to be sent any more. Sets `g.bank` and `g.written_at`.

    Who has chosen another way since, such as by STOP, gets none but the codes that they asked for.
    """
    prepared = _prepare(session, delivery, now)
    if isinstance(prepared, Dropped):
        return prepared
    reader, words = prepared
    choice = find_choice(session, delivery.bank_id, delivery.member_id, Topic(delivery.topic))
    notices = list_of_deliveries(session, delivery.bank_id, [delivery.id])
    wants_it = choice.way is Way.TEXT or all(notice.kind in TEXTED_CODES for notice in notices)
    if reader.phone is None or not reader.reach.text or not wants_it:
        return Dropped.NO_WAY
    ref = in_letters(delivery.id) + "-" + in_letters(delivery.bank_id)
    return OutgoingText(compose_text(words, reader, sender.site), ref, reader.phone, reader.person_id, reader.phone)


def _prepare(session: Session, delivery: DeliveryRow, now: datetime) -> tuple[Recipient, list[Words]] | Dropped:
    """Return the reader of a delivery and its words, or why it is not to be sent any more."""
    g.bank, g.written_at = session.get_one(Bank, delivery.bank_id), now
    reader = list_recipients(session, delivery.bank_id, [delivery.member_id]).get(delivery.member_id)
    if reader is None:
        return Dropped.NO_WAY
    if now - delivery.made_at > STALE:
        return Dropped.TOO_OLD
    notices = list_of_deliveries(session, delivery.bank_id, [delivery.id])
    readers = {reader.membership_id: reader}
    words = list_words(session, reader, list_still_told(session, delivery.bank_id, readers, notices, now))
    if not words:
        choice = find_choice(session, delivery.bank_id, delivery.member_id, Topic(delivery.topic))
        return Dropped.NO_LONGER_TRUE if choice.way is not Way.NONE else Dropped.CHOSE_NONE
    return reader, words


def list_words(session: Session, reader: Recipient, notices: Sequence[Told]) -> list[Words]:
    """Return the words of these notices, without those whose subject is gone. `g.bank` is their bank."""
    return [words for notice in notices if (words := words_of(session, notice, reader)) is not None]
