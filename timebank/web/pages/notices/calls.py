"""What a broker says on the telephone, and what came of it."""

from flask import abort, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import clock
from timebank.actors import Actor
from timebank.members import access
from timebank.telling.calls import MOST_TRIES, Outcome, list_to_tell, note_call
from timebank.telling.recipients import Recipient, list_recipients
from timebank.telling.still_told import list_still_told
from timebank.web.access import allows, brokers
from timebank.web.committing import press
from timebank.web.extensions import db
from timebank.web.pages.notices import blueprint
from timebank.web.pages.notices.forms import CallForm
from timebank.web.telling.writing import list_words


@blueprint.get("/members/<code:code>/call")
@allows(brokers)
def call(code: str) -> str:
    """Show a member's number, and what the broker has to say, word for word."""
    member = access.get_visible(db.session(), g.actor, code)
    reader = _reader(member)
    session, to_tell = db.session(), list_to_tell(db.session(), g.bank.id, reader.membership_id)
    readers = {reader.membership_id: reader}
    return render_template(
        "notices/call.html",
        member=member,
        reader=reader,
        words=list_words(session, reader, list_still_told(session, g.bank.id, readers, to_tell.notices, clock.now())),
        to_tell=to_tell,
        may_leave=to_tell.tries >= MOST_TRIES,
        form=CallForm(until=str(to_tell.until)),
    )


@blueprint.post("/members/<code:code>/call/<word:outcome>")
@allows(brokers)
def note(code: str, outcome: str) -> Response:
    """Write what came of the call."""
    outcomes = {value.replace("_", ""): Outcome(value) for value in Outcome}
    if outcome not in outcomes:
        abort(404)
    chosen = outcomes[outcome]
    member, form = access.get_visible(db.session(), g.actor, code), CallForm()
    thanks = _("Thank you. It is written down.")
    press(lambda doing: note_call(db.session(), member, chosen, doing, until=form.delivery_id), thanks)
    to = url_for("notices.call", code=code) if chosen is Outcome.LEFT_WORD else url_for("tasks.tasks")
    return redirect(to, 303)


def _reader(member: Actor) -> Recipient:
    return list_recipients(db.session(), g.bank.id, [member.membership_id])[member.membership_id]
