"""Announcing something to all members of a bank, and taking it down."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.actors import Doing
from timebank.announcements.errors import AnnouncementDaysError, TooManyAnnouncementsError
from timebank.announcements.models import Announcement
from timebank.announcements.queries import list_current
from timebank.announcements.rules import MOST_CURRENT, MOST_DAYS, may_announce
from timebank.banks.models import Bank
from timebank.banks.queries import lock_bank
from timebank.errors import NotAllowedError
from timebank.members.errors import WordsMissingError
from timebank.references import DeedName, Ref, Subject
from timebank.rows import get_locked
from timebank.spelling import is_blank
from timebank.trail import actions as trail


def announce(session: Session, bank: Bank, words: str, days: int, doing: Doing) -> str:
    """Let all members know something for so many days, today among them; return its code.

    Raises NotAllowedError, WordsMissingError, AnnouncementDaysError or TooManyAnnouncementsError.
    """
    code = codes.new_reference()
    content = {"words": words, "days": days}
    subject = Ref(Subject.ANNOUNCEMENT, code)
    first_code = trail.begin(session, doing, DeedName.ANNOUNCEMENT_MADE, subject, content, is_new=True)
    if first_code is not None:
        return first_code
    if not may_announce(doing.by):
        raise NotAllowedError
    if is_blank(words):
        raise WordsMissingError
    if not 1 <= days <= MOST_DAYS:
        raise AnnouncementDaysError(most=MOST_DAYS)
    today = clock.local_day(doing.now, bank.time_zone)
    lock_bank(session, bank.id)
    if len(list_current(session, bank.id, today=today)) >= MOST_CURRENT:
        raise TooManyAnnouncementsError(most=MOST_CURRENT)
    session.add(
        Announcement(
            bank_id=bank.id,
            id=clock.next_id(),
            code=code,
            words=words.strip(),
            announced_by=doing.by.membership_id,
            announced_at=doing.now,
            last_day=today + timedelta(days=days - 1),
        )
    )
    session.flush()
    return code


def take_down(session: Session, code: str, doing: Doing) -> None:
    """Take an announcement down; one that stands no more stays as it is. Raises NotAllowedError or NoResultFound."""
    if trail.is_repeat(session, doing, DeedName.ANNOUNCEMENT_TAKEN_DOWN, Ref(Subject.ANNOUNCEMENT, code)):
        return
    if not may_announce(doing.by):
        raise NotAllowedError
    query = select(Announcement).where(Announcement.bank_id == doing.bank_id, Announcement.code == code)
    announcement = get_locked(session, query)
    if announcement.taken_down_at is None:
        announcement.taken_down_by, announcement.taken_down_at = doing.by.membership_id, doing.now
        session.flush()
