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
from timebank.notices.kinds import FOR_SAFETY
from timebank.notices.models import Dropped
from timebank.notices.queries import DeliveryRow, Told, list_of_deliveries
from timebank.web.telling import of_codes, of_digests, of_exchanges, of_invitations, of_members
from timebank.web.telling.mail import Sender, compose
from timebank.web.telling.words import Words, words_of

__all__ = ["Letter", "list_words", "of_codes", "of_digests", "of_exchanges", "of_invitations", "of_members", "write"]


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail to be sent, to which address, and whose it is."""

    message: EmailMessage
    to: str
    person_id: int
    member_code: str


def write(session: Session, delivery: DeliveryRow, sender: Sender, now: datetime) -> Letter | Dropped:
    """Return the e-mail of a delivery, or why it is not to be sent any more. Sets `g.bank` and `g.written_at`.

    What guards a membership goes to who has it, whatever its standing; a changed e-mail is told of at the one before.
    """
    g.bank, g.written_at = session.get_one(Bank, delivery.bank_id), now
    reader = list_recipients(session, delivery.bank_id, [delivery.member_id]).get(delivery.member_id)
    if reader is None:
        return Dropped.NO_WAY
    notices = list_still_told(session, reader, list_of_deliveries(session, delivery.bank_id, [delivery.id]), now)
    if not notices:
        return Dropped.NO_LONGER_TRUE
    to = next((str(notice.facts["to"]) for notice in notices if "to" in notice.facts), reader.email)
    words = list_words(session, reader, notices)
    if not words or to is None:
        return Dropped.NO_LONGER_TRUE if to else Dropped.NO_WAY
    return Letter(compose(delivery, words, reader, to, sender, now), to, reader.person_id, reader.code)


def list_still_told(session: Session, reader: Recipient, notices: Sequence[Told], now: datetime) -> list[Told]:
    """Return those notices that still hold and that the reader may be told in their present standing."""
    holding = list_holding(session, notices[0].bank_id, notices, now) if notices else set()
    return [notice for notice in notices if notice.id in holding and (reader.is_active or notice.kind in FOR_SAFETY)]


def list_words(session: Session, reader: Recipient, notices: Sequence[Told]) -> list[Words]:
    """Return the words of these notices, without those whose subject is gone. `g.bank` is their bank."""
    return [words for notice in notices if (words := words_of(session, notice, reader)) is not None]
