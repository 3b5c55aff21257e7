"""Who may see an announcement to take it down: fetch and authorize in one call."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.actors import Actor
from timebank.announcements.models import Announcement
from timebank.announcements.queries import AnnouncementRow
from timebank.announcements.rules import may_announce
from timebank.errors import NotVisibleError
from timebank.rows import columns_of, fetch_first


def get_visible(session: Session, actor: Actor, code: str) -> AnnouncementRow:
    """Return the announcement, for those who write them. Raises NotVisibleError."""
    query = select(*columns_of(Announcement, AnnouncementRow)).where(
        Announcement.bank_id == actor.bank_id, Announcement.code == code
    )
    row = fetch_first(session, query, AnnouncementRow) if may_announce(actor) else None
    if row is None:
        raise NotVisibleError(code)
    return row
