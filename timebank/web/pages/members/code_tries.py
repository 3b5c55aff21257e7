"""The limit on guessing codes that show that a contact is one's own."""

from flask import g

from timebank import clock
from timebank.members.rules import ContactKind
from timebank.signing_in.actions import Attempt, begin_attempt
from timebank.web.access import origin
from timebank.web.extensions import db


def count_try(kind: ContactKind) -> None:
    """Count a try of a code for the reader's e-mail or phone, in its own transaction. Raises TooManyTriesError."""
    attempt = Attempt(f"{kind} of {g.actor.person_id}", None, origin().address)
    with db.apart() as session:
        begin_attempt(session, attempt, now=clock.now())
