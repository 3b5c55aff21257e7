"""Why somebody has to sign in again: what is said at the door to whose session was ended."""

from flask import session as cookie
from flask_babel import gettext as _
from flask_login import current_user, logout_user

from timebank import clock
from timebank.signing_in.queries import find_why_ended
from timebank.signing_in.rules import SessionEnd
from timebank.web.extensions import db

#: Where Flask-Login keeps the token in the signed cookie.
_FLASK_LOGIN_KEY = "_user_id"


def forget_ended_session() -> str | None:
    """Take a session that has ended out of the reader's cookie; return the sentence that says why, if there is one.

    Whoever signed out themselves knows it, and a token that stands for nothing is told nothing.
    """
    if current_user.is_authenticated or _FLASK_LOGIN_KEY not in cookie:
        return None
    because = find_why_ended(db.session(), str(cookie[_FLASK_LOGIN_KEY]), clock.now())
    logout_user()
    return None if because in {None, SessionEnd.SIGNED_OUT} else _sentence(SessionEnd(because))


def _sentence(because: SessionEnd) -> str:
    sentences = {
        SessionEnd.ROLES: _("Please sign in again: your roles in the time bank were changed."),
        SessionEnd.STANDING: _("Please sign in again: somebody who looks after the time bank changed your membership."),
        SessionEnd.PASSWORD: _(
            "Please sign in again: your password was changed on another device. If that was not you, ring us."
        ),
        SessionEnd.SIGNED_OUT_ELSEWHERE: _("Please sign in again: you were signed out from another device of yours."),
    }
    return str(sentences[because])
