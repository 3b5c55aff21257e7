"""Members choose how they are notified, or a broker for them."""

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.members.recipients import list_recipients
from timebank.notices.actions import choose
from timebank.notices.kinds import Topic
from timebank.notices.queries import find_choice
from timebank.notices.rules import Way
from timebank.trail.actions import OtherContentError
from timebank.web.access import allows, doing, members
from timebank.web.committing import committing
from timebank.web.extensions import db
from timebank.web.pages.notices import blueprint
from timebank.web.pages.notices.forms import NoticesForm


@blueprint.route("/my-notices", methods=["GET", "POST"])
@allows(members)
def choices() -> str | Response:
    """Choose how to be notified of each topic."""
    session, member_id = db.session(), g.actor.membership_id
    form = NoticesForm()
    chosen = {topic: find_choice(session, g.bank.id, member_id, topic) for topic in Topic}
    form.offer(chosen, sends_letters=g.bank.sends_letters)
    if form.validate_on_submit():
        with committing(form) as outcome:
            choose(session, form.chosen, doing(form))
        if outcome.is_done:
            flash(_("Thank you. That is how we tell you from now on."))
            return redirect(url_for("notices.choices"), 303)
        if isinstance(outcome.refusal, OtherContentError):
            form.ask_again(_("You kept something else from this page before. Press once more to keep this instead."))
    reader = list_recipients(session, g.bank.id, [member_id])[member_id]
    wants_letters = any(choice.way is Way.LETTER for choice in chosen.values())
    return render_template("notices/choices.html", form=form, reader=reader, wants_letters=wants_letters)
