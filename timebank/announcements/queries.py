"""Queries of announcements."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from timebank.announcements.models import Announcement
from timebank.rows import columns_of, fetch

#: So many that stand no more are listed for those who write them.
MOST_LISTED = 20


class AnnouncementRow(NamedTuple):
    """An announcement; its columns mean what they mean in `Announcement`."""

    code: str
    words: str
    announced_by: int
    announced_at: datetime
    last_day: date
    taken_down_at: datetime | None


def list_current(session: Session, bank_id: int, *, today: date) -> Sequence[AnnouncementRow]:
    """Return what stands today, the newest first."""
    query = select(*columns_of(Announcement, AnnouncementRow)).where(Announcement.bank_id == bank_id, is_current(today))
    return fetch(session, query.order_by(Announcement.id.desc()), AnnouncementRow)


def list_past(session: Session, bank_id: int, *, today: date) -> Sequence[AnnouncementRow]:
    """Return what stands no more, the newest first, at most MOST_LISTED."""
    query = select(*columns_of(Announcement, AnnouncementRow)).where(
        Announcement.bank_id == bank_id, ~is_current(today)
    )
    return fetch(session, query.order_by(Announcement.id.desc()).limit(MOST_LISTED), AnnouncementRow)


def is_current(today: date) -> ColumnElement[bool]:
    """Return the condition that an announcement stands."""
    return (Announcement.last_day >= today) & Announcement.taken_down_at.is_(None)
