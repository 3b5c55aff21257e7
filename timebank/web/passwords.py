"""Asking for the present password before something changes that opens the door."""

from typing import Any

from flask import g
from flask_babel import lazy_gettext as _
from flask_login import current_user
from wtforms import PasswordField

from timebank import clock
from timebank.actors import Actor
from timebank.errors import TimebankError
from timebank.members.models import Person
from timebank.security import actions as security
from timebank.security.actions import NewEvent
from timebank.security.rules import EventKind
from timebank.signing_in.actions import Attempt, begin_attempt, mark_succeeded
from timebank.signing_in.errors import PresentPasswordError, TooManyTriesError
from timebank.signing_in.passwords import fits
from timebank.signing_in.queries import is_password_needed
from timebank.web.access import origin
from timebank.web.extensions import db
from timebank.web.forms import at_most
from timebank.web.sentences import say


class PresentPasswordField(PasswordField):
    """The password with which the reader signs in now."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 (WTForms')
        super().__init__(
            _("Your present password"),
            validators=[at_most(1000, _("That is too long."))],
            render_kw={"autocomplete": "current-password"},
            **options,
        )


def asks_for_password(actor: Actor) -> bool:
    """Return whether the reader has to type the present password: not while a code lets them in, nor for others."""
    return actor.hand is None and is_password_needed(db.session(), actor.person_id, current_user.token)


def check_password(field: PasswordField) -> bool:
    """Return whether the present password was typed; else the refusal stands at the field. Counted by the brake.

    Leaves no transaction open, since verifying is slow.
    """
    actor, typed = g.actor, field.data or ""
    attempt = Attempt(f"present password of {actor.person_id}", actor.person_id, origin().address)
    try:
        with db.apart() as session:
            attempt_id = begin_attempt(session, attempt, now=clock.now())
            password_hash = session.get_one(Person, actor.person_id).password_hash
    except TooManyTriesError as error:
        return _refuse(field, error)
    if not fits(password_hash, typed):
        return _refuse(field, PresentPasswordError())
    with db.apart() as session:
        mark_succeeded(session, attempt_id)
    return True


def _refuse(field: PasswordField, error: TimebankError) -> bool:
    """Put the refusal at the field and record it; return False."""
    field.errors = [*field.errors, say(error)]
    actor, now = g.actor, clock.now()
    kind, by = EventKind.PASSWORD_REFUSED, actor.membership_id
    with db.apart() as session:
        security.record(session, NewEvent(kind, actor.bank_id, actor.person_id, by=by, now=now, origin=origin()))
    return False
