"""From a delivery to its e-mail or text: what still holds, for whom, and the words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from flask import g
from sqlalchemy.orm import Session

from timebank.banks.models import Bank
from timebank.codes import in_letters
from timebank.notices.kinds import ANSWERS, TEXTED_CODES, Topic
from timebank.notices.models import Dropped
from timebank.notices.queries import DeliveryRow, Told, list_choices, list_of_deliveries
from timebank.notices.rules import STALE, USUAL, Way
from timebank.telling.recipients import Recipient, list_recipients
from timebank.telling.still_told import list_still_told
from timebank.web.telling.mail import Sender, compose
from timebank.web.telling.texts import compose_text
from timebank.web.telling.words import Words, list_words_of


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


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a delivery is written from, as it was when that was read: who reads it, and the words of its notices.

    A text goes out where the reader `wants_texts`: they chose them, or all that it says is a code that they asked for.
    """

    bank: Bank
    reader: Recipient
    words: Sequence[Words]
    wants_texts: bool
    is_answer: bool


def prepare(session: Session, deliveries: Sequence[DeliveryRow], now: datetime) -> dict[int, Prepared | Dropped]:
    """Return {delivery id: what it is written from, or why it is not to be sent any more}. Sets `g.bank`.

    The deliveries are of one bank, each to another member. What guards a membership goes to its member in any standing;
    a changed e-mail is notified at the one before. For digests the number of queries does not grow with theirs.
    """
    bank_id = deliveries[0].bank_id
    g.bank, g.written_at = session.get_one(Bank, bank_id), now
    readers = list_recipients(session, bank_id, [delivery.member_id for delivery in deliveries])
    notices = list_of_deliveries(session, bank_id, [delivery.id for delivery in deliveries])
    still_told = list_still_told(session, bank_id, readers, notices, now)
    words: dict[int, list[Words]] = {}
    to_say = [(notice, readers[notice.member_id]) for notice in still_told]
    for notice, its_words in zip(still_told, list_words_of(session, to_say), strict=True):
        if its_words is not None:
            words.setdefault(notice.member_id, []).append(its_words)
    with_others = {notice.member_id for notice in notices if notice.kind not in TEXTED_CODES}
    answering = {notice.member_id for notice in notices if notice.kind in ANSWERS}
    choices = list_choices(session, bank_id, list(readers)) if _needs_choices(deliveries, words) else {}
    prepared: dict[int, Prepared | Dropped] = {}
    for delivery in deliveries:
        member_id, topic = delivery.member_id, Topic(delivery.topic)
        way = choices.get((member_id, topic), USUAL[topic]).way
        if member_id not in readers:
            prepared[delivery.id] = Dropped.NO_WAY
        elif now - delivery.made_at > STALE:
            prepared[delivery.id] = Dropped.TOO_OLD
        elif member_id not in words:
            prepared[delivery.id] = Dropped.NO_LONGER_TRUE if way is not Way.NONE else Dropped.CHOSE_NONE
        else:
            is_answer, wants_texts = member_id in answering, way is Way.TEXT or member_id not in with_others
            prepared[delivery.id] = Prepared(g.bank, readers[member_id], words[member_id], wants_texts, is_answer)
    return prepared


def write(prepared: Prepared, delivery: DeliveryRow, sender: Sender, now: datetime) -> OutgoingMail | Dropped:
    """Return the e-mail of a delivery, or why it is not to be sent any more. Sets `g.bank` and `g.written_at`."""
    g.bank, g.written_at = prepared.bank, now
    reader = prepared.reader
    to = delivery.email or reader.email
    if to is None:
        return Dropped.NO_WAY
    message = compose(delivery, prepared.words, reader, to, sender, now)
    if prepared.is_answer:
        message.replace_header("Auto-Submitted", "auto-replied")
    return OutgoingMail(message, to, reader.person_id, reader.email, prepared.is_answer)


def write_text(prepared: Prepared, delivery: DeliveryRow, sender: Sender, now: datetime) -> OutgoingText | Dropped:
    """Return the text message of a delivery, or why it is not to be sent any more. Sets `g.bank` and `g.written_at`.

    Who has chosen another way since, such as by STOP, gets none but the codes that they asked for (`wants_texts`).
    """
    g.bank, g.written_at = prepared.bank, now
    reader = prepared.reader
    if reader.phone is None or not reader.reach.text or not prepared.wants_texts:
        return Dropped.NO_WAY
    ref = in_letters(delivery.id) + "-" + in_letters(delivery.bank_id)
    text = compose_text(prepared.words, reader, sender.site)
    return OutgoingText(text, ref, reader.phone, reader.person_id, reader.phone)


def list_words(session: Session, reader: Recipient, notices: Sequence[Told]) -> list[Words]:
    """Return the words of these notices, without those whose subject is gone. `g.bank` is their bank."""
    to_say = [(notice, reader) for notice in notices]
    return [words for words in list_words_of(session, to_say) if words is not None]


def _needs_choices(deliveries: Sequence[DeliveryRow], words: Mapping[int, Sequence[Words]]) -> bool:
    """Return whether what members chose decides: whether they get a text, or why they get nothing."""
    return any(delivery.way == Way.TEXT or delivery.member_id not in words for delivery in deliveries)
