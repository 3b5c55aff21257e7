"""From a delivery to its e-mail: what still holds, for whom, and the words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from flask import g
from sqlalchemy.orm import Session

from timebank.banks.models import Bank
from timebank.members.recipients import Recipient, list_recipients
from timebank.notices.holding import list_holding
from timebank.notices.kinds import FOR_SAFETY, NoticeKind, Topic
from timebank.notices.models import Dropped
from timebank.notices.queries import DeliveryRow, Told, find_choice, list_of_deliveries
from timebank.notices.rules import STALE, Way
from timebank.web.telling import of_codes, of_digests, of_exchanges, of_invitations, of_members, of_messages
from timebank.web.telling.mail import Sender, compose
from timebank.web.telling.words import Words, words_of

__all__ = [
    "Letter",
    "list_words",
    "of_codes",
    "of_digests",
    "of_exchanges",
    "of_invitations",
    "of_members",
    "of_messages",
    "write",
]


#: Of these kinds about one subject, only the newest is sent.
_ONLY_NEWEST = frozenset({NoticeKind.TO_CONFIRM, NoticeKind.STILL_TO_CONFIRM, NoticeKind.MESSAGE})


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail to be sent, to which address, and whose it is, with the e-mail that they have at present."""

    message: EmailMessage
    to: str
    person_id: int
    present_email: str | None


def write(session: Session, delivery: DeliveryRow, sender: Sender, now: datetime) -> Letter | Dropped:
    """Return the e-mail of a delivery, or why it is not to be sent any more. Sets `g.bank` and `g.written_at`.

    What guards a membership goes to its member in any standing; a changed e-mail is notified at the one before.
    """
    g.bank, g.written_at = session.get_one(Bank, delivery.bank_id), now
    reader = list_recipients(session, delivery.bank_id, [delivery.member_id]).get(delivery.member_id)
    if reader is None:
        return Dropped.NO_WAY
    if now - delivery.made_at > STALE:
        return Dropped.TOO_OLD
    notices = list_of_deliveries(session, delivery.bank_id, [delivery.id])
    still_told = list_still_told(session, reader, notices, now)
    choice = find_choice(session, delivery.bank_id, delivery.member_id, Topic(delivery.topic))
    if choice.way is Way.NONE:
        still_told = [notice for notice in still_told if notice.kind in FOR_SAFETY]
    words = list_words(session, reader, still_told)
    if not words:
        return Dropped.NO_LONGER_TRUE if choice.way is not Way.NONE else Dropped.CHOSE_NONE
    to = delivery.email or reader.email
    if to is None:
        return Dropped.NO_WAY
    return Letter(compose(delivery, words, reader, to, sender, now), to, reader.person_id, reader.email)


def list_still_told(session: Session, reader: Recipient, notices: Sequence[Told], now: datetime) -> list[Told]:
    """Return those notices that still hold and that the reader may get in their present standing."""
    holding = list_holding(session, notices[0].bank_id, notices, now) if notices else set()
    still = [notice for notice in notices if notice.id in holding and (reader.is_active or notice.kind in FOR_SAFETY)]
    newest = {notice.subject: notice.id for notice in still if notice.kind in _ONLY_NEWEST}
    return [notice for notice in still if notice.kind not in _ONLY_NEWEST or newest[notice.subject] == notice.id]


def list_words(session: Session, reader: Recipient, notices: Sequence[Told]) -> list[Words]:
    """Return the words of these notices, without those whose subject is gone. `g.bank` is their bank."""
    return [words for notice in notices if (words := words_of(session, notice, reader)) is not None]
