"""Members choose how they are notified, or a broker for them."""

from collections.abc import Mapping

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import clock
from timebank.members.models import Person
from timebank.notices.actions import choose
from timebank.notices.kinds import Topic
from timebank.notices.queries import find_choice
from timebank.notices.rules import Choice, Way
from timebank.signing_in.trusted import gets_codes_by_text
from timebank.telling.recipients import Recipient, list_recipients
from timebank.trail.actions import OtherContentError
from timebank.web.access import allows, doing, members
from timebank.web.committing import committing
from timebank.web.extensions import db
from timebank.web.pages.notices import blueprint
from timebank.web.pages.notices.forms import NoticesForm
from timebank.web.texts import sends_texts


@blueprint.route("/my-notices", methods=["GET", "POST"])
@allows(members)
def choices() -> str | Response:
    """Choose how to be notified of each topic."""
    session, member_id = db.session(), g.actor.membership_id
    form = NoticesForm()
    chosen = {topic: find_choice(session, g.bank.id, member_id, topic) for topic in Topic}
    form.offer(chosen, _list_ways())
    if form.validate_on_submit():
        with committing(form) as outcome:
            choose(session, form.chosen, doing(form))
        if outcome.is_done:
            thanks = _("Thank you. That is how we tell you from now on.")
            if not _all_reach(list_recipients(session, g.bank.id, [member_id])[member_id], form.chosen):
                thanks = _("It is kept, and begins once we know where to. Until then we tell you another way.")
            flash(thanks)
            return redirect(url_for("notices.choices"), 303)
        if isinstance(outcome.refusal, OtherContentError):
            form.ask_again(_("You kept something else from this page before. Press once more to keep this instead."))
    reader = list_recipients(session, g.bank.id, [member_id])[member_id]
    ways = {choice.way for choice in chosen.values()}
    takes_answers = g.bank.answers_by_text and Way.TEXT in _list_ways()
    return render_template(
        "notices/choices.html",
        form=form,
        reader=reader,
        ways=ways,
        takes_answers=takes_answers,
        may_show_phone=_may_show_phone(reader),
    )


def _all_reach(reader: Recipient, chosen: Mapping[Topic, Choice]) -> bool:
    """Return whether each chosen way reaches the reader already; that of e-mails has words of its own on the page."""
    reaches = {Way.TEXT: reader.reach.text, Way.PHONE: reader.reach.phone, Way.LETTER: reader.reach.letter}
    return all(reaches.get(choice.way, True) for choice in chosen.values())


def _may_show_phone(reader: Recipient) -> bool:
    """Return whether the reader's own page of their phone has something for them to do, so that answers count."""
    person = db.session.get_one(Person, reader.person_id)
    return reader.reach.text and g.actor.hand is None and not gets_codes_by_text(db.session(), person, clock.now())


def _list_ways() -> set[Way]:
    """Return the ways that the bank offers: letters and texts only where it sends them."""
    left_out = {Way.LETTER: not g.bank.sends_letters, Way.TEXT: not sends_texts()}
    return {way for way in Way if not left_out.get(way)}
