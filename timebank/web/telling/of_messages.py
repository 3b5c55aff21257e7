"""The words of notices about messages: who has written, never what, and whom to ask who opens no page."""

from flask import g, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from timebank.members.queries import find_actor_by_id
from timebank.messages.queries import find_sides
from timebank.notices.kinds import NoticeKind
from timebank.notices.queries import Told
from timebank.spelling import first_name, isolated
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
    who_wrote = _("%(name)s has written to you.", name=isolated(other.name))
    return Words(
        _("You have a message"),
        (
            who_wrote,
            _("You read it and answer on the page. Neither of you sees the other's address or number there."),
        ),
        link=Link(_("Read it"), url_for("messages.talk", code=other.code, _external=True)),
        off_page=(
            who_wrote,
            _("Only the two of you read it, so we do not know what it says."),
            _how_to_hear(other.name),
        ),
    )


def _how_to_hear(name: str) -> str:
    """Return whom to ask where no page can be opened: a broker who printed or said the message would have read it."""
    values = {"first": first_name(name), "phone": g.bank.phone, "coordinator": isolated(g.bank.coordinator_name)}
    if not g.bank.phone:
        words = _("Ask us. We help you to open it, or ask %(first)s to tell you another way.", **values)
    elif not g.bank.coordinator_name:
        words = _("Ring us on %(phone)s. We help you to open it, or ask %(first)s to tell you another way.", **values)
    else:
        words = _(
            "Ring %(coordinator)s on %(phone)s. We help you to open it, or ask %(first)s to tell you another way.",
            **values,
        )
    return str(words)
