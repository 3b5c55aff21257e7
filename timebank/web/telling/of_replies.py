"""The words for who wrote to an address that nobody reads."""

from flask import g
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from timebank.notices.kinds import NoticeKind
from timebank.notices.queries import Told
from timebank.telling.recipients import Recipient
from timebank.web.telling.words import Words, says


@says(NoticeKind.REPLY_UNREAD)
def of_reply(session: Session, notice: Told, reader: Recipient) -> Words:  # noqa: ARG001 (as for all kinds)
    """Return where to write to instead; every e-mail ends with the phone number."""
    sentences = [_("You have written to an address that nobody reads. We are sorry: your words have reached nobody.")]
    if g.bank.email:
        sentences.append(_("Please write to %(email)s instead.", email=g.bank.email))
    if g.bank.phone:
        sentences.append(_("Or ring us on %(phone)s.", phone=g.bank.phone))
    return Words(_("Nobody has read your e-mail"), tuple(sentences))
