"""The words of codes that are sent by e-mail or text."""

from typing import NamedTuple

from flask import g, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from timebank.codes import spoken
from timebank.notices.kinds import NoticeKind
from timebank.notices.queries import Told
from timebank.signing_in.sent_codes import code_of, find_sent
from timebank.telling.recipients import Recipient
from timebank.web.filters import time_of_day
from timebank.web.telling.words import Link, Words, says
from timebank.web.times import local_time


class _Code(NamedTuple):
    """A code as it is spoken, and the time of day until which it holds."""

    code: str
    until: str


@says(NoticeKind.SIGN_IN_CODE)
def of_sign_in_code(session: Session, notice: Told, reader: Recipient) -> Words | None:
    """Return the words for a code with which one signs in, and then chooses a password."""
    sent = _find(session, notice, reader.email)
    if sent is None:
        return None
    return Words(
        _("Your code to sign in"),
        (
            _("Somebody has asked for a code to sign in for you. If it was you, here it is."),
            _("If it was not you, do nothing: without the code nobody gets in."),
        ),
        _facts(sent),
        Link(_("Sign in with it"), url_for("signing_in.sign_in_with_code", code=sent.code, _external=True)),
    )


@says(NoticeKind.EMAIL_CODE)
def of_email_code(session: Session, notice: Told, reader: Recipient) -> Words | None:
    """Return the words for a code that shows that an e-mail is one's own."""
    sent = _find(session, notice, reader.email)
    if sent is None:
        return None
    return Words(
        _("Is this your e-mail?"),
        (
            _("Type this code on the page about you, and we know that this e-mail is yours."),
            _("If you have not asked for it, do nothing."),
        ),
        _facts(sent),
        Link(_("To the page"), url_for("members.own_email", _external=True)),
    )


@says(NoticeKind.TEXTED_SIGN_IN_CODE)
def of_texted_sign_in_code(session: Session, notice: Told, reader: Recipient) -> Words | None:
    """Return the words of a text with a code to sign in: the code first, which a locked phone shows, and nobody's name.

    A link would be followed by whoever holds the phone.
    """
    sent = _find(session, notice, reader.phone)
    if sent is None:
        return None
    what_for = _("%(code)s is your code to sign in at %(bank)s.", code=sent.code, bank=g.bank.name)
    return Words(_("Your code to sign in"), (), text=_text(what_for, sent))


@says(NoticeKind.PHONE_CODE)
def of_phone_code(session: Session, notice: Told, reader: Recipient) -> Words | None:
    """Return the words of a text with a code that shows that a phone is one's own."""
    sent = _find(session, notice, reader.phone)
    if sent is None:
        return None
    what_for = _("%(code)s is your code to show %(bank)s that this phone is yours.", code=sent.code, bank=g.bank.name)
    return Words(_("Is this your phone?"), (), text=_text(what_for, sent))


def _find(session: Session, notice: Told, contact: str | None) -> _Code | None:
    """Return the code, if it was made for the contact that the reader has."""
    code_id = notice.facts.get("code_id")
    row = find_sent(session, code_id, contact or "") if isinstance(code_id, int) else None
    if row is None:
        return None
    until = time_of_day(local_time(row.expires_at, g.bank.time_zone))
    return _Code(spoken(code_of(session, row.id, contact or "")), until)


def _facts(sent: _Code) -> tuple[tuple[str, str], ...]:
    return (_("Code"), sent.code), (_("It holds until"), sent.until)


def _text(what_for: str, sent: _Code) -> tuple[str, ...]:
    """Return the parts of a text, the most important one first."""
    return what_for, _("It holds until %(time)s.", time=sent.until), _("If you did not ask for it, do nothing.")
