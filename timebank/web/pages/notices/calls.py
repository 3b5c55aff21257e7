"""What a broker says on the telephone, and what came of it."""

from flask import abort, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import clock
from timebank.actors import Actor
from timebank.members import access
from timebank.members.calls import MOST_TRIES, Outcome, list_to_tell, note_call
from timebank.members.recipients import Recipient, list_recipients
from timebank.web.access import allows, brokers
from timebank.web.committing import press
from timebank.web.extensions import db
from timebank.web.forms import ButtonForm
from timebank.web.pages.notices import blueprint
from timebank.web.telling.letters import list_still_told, list_words
from timebank.web.telling.words import Words


@blueprint.get("/members/<code:code>/call")
@allows(brokers)
def call(code: str) -> str:
    """Show a member's number, and what there is to tell, word for word."""
    member = access.get_visible(db.session(), g.actor, code)
    reader = _reader(member)
    words, tries = _list_words(reader)
    return render_template(
        "notices/call.html",
        member=member,
        reader=reader,
        words=words,
        tries=tries,
        may_leave=tries >= MOST_TRIES,
        form=ButtonForm(),
    )


@blueprint.post("/members/<code:code>/call/<word:outcome>")
@allows(brokers)
def note(code: str, outcome: str) -> Response:
    """Write what came of the call."""
    outcomes = {value.replace("_", ""): Outcome(value) for value in Outcome}
    if outcome not in outcomes:
        abort(404)
    chosen = outcomes[outcome]
    member = access.get_visible(db.session(), g.actor, code)
    thanks = _("Thank you. It is written down.")
    press(lambda doing: note_call(db.session(), member, chosen, doing), thanks)
    to = url_for("notices.call", code=code) if chosen is Outcome.LEFT_WORD else url_for("tasks.tasks")
    return redirect(to, 303)


def _reader(member: Actor) -> Recipient:
    return list_recipients(db.session(), g.bank.id, [member.membership_id])[member.membership_id]


def _list_words(reader: Recipient) -> tuple[list[Words], int]:
    """Return the words of what still holds, and how often somebody has tried."""
    session = db.session()
    notices, tries = list_to_tell(session, g.bank.id, reader.membership_id)
    return list_words(session, reader, list_still_told(session, reader, notices, clock.now())), tries
