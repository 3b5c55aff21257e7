"""The words of notices about messages: who has written, never what."""

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from timebank.members.queries import find_actor_by_id
from timebank.messages.queries import find_sides
from timebank.notices.kinds import NoticeKind
from timebank.notices.queries import Told
from timebank.spelling import isolated
from timebank.telling.recipients import Recipient
from timebank.web.telling.words import Link, Words, says


@says(NoticeKind.MESSAGE)
def of_message(session: Session, notice: Told, reader: Recipient) -> Words | None:
    """Return the words for a message that its reader has not read yet."""
    sides = find_sides(session, notice.bank_id, notice.subject.code)
    other_id = next((side for side in sides or () if side != reader.membership_id), None)
    other = find_actor_by_id(session, notice.bank_id, other_id) if other_id else None
    if other is None:
        return None
    return Words(
        _("You have a message"),
        (
            _("%(name)s has written to you.", name=isolated(other.name)),
            _("You read it and answer on the page. Neither of you sees the other's address or number there."),
        ),
        link=Link(_("Read it"), url_for("messages.talk", code=other.code, _external=True)),
    )
