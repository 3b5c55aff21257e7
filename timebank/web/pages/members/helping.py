"""When members can help, as they or a broker for them say it."""

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.members.errors import (
    AwayDayMissingError,
    AwayEndsBeforeError,
    AwayOverError,
    AwayTooLongError,
    LanguageMissingError,
)
from timebank.members.helping import MemberHelping, change_helping, find_helping, list_most_spoken
from timebank.members.languages import USUAL_LANGUAGE
from timebank.trail.actions import OtherContentError
from timebank.web.access import allows, doing, members_who_exchange
from timebank.web.committing import Fields, committing
from timebank.web.extensions import db
from timebank.web.filters import today
from timebank.web.helping_words import helping_words
from timebank.web.pages.members import blueprint
from timebank.web.pages.members.helping_form import HelpingForm

#: How many of the bank's languages are offered beside the member's own, before the others.
_MOST_SPOKEN = 7


@blueprint.route("/my-helping", methods=["GET", "POST"])
@allows(members_who_exchange)
def helping() -> str | Response:
    """Say which languages one speaks, when one can help, how far one goes and how often one is asked."""
    known = find_helping(db.session(), g.bank.id, g.actor.membership_id) or MemberHelping()
    form = HelpingForm()
    most_spoken = list_most_spoken(db.session(), g.bank.id, _MOST_SPOKEN)
    form.offer_languages({*known.languages, *most_spoken, USUAL_LANGUAGE})
    if form.validate_on_submit():
        with committing(form, _fields(form)) as outcome:
            change_helping(db.session(), g.bank, form.helping(), doing(form))
        if outcome.is_done:
            flash(_("Thank you. That is what we go by now."))
            return redirect(url_for("members.helping"), 303)
        if isinstance(outcome.refusal, OtherContentError):
            form.ask_again(_("You kept something else from this page before. Press once more to keep this instead."))
    elif not form.is_submitted():
        form.fill(known, today())
    words = helping_words(known, today()) if known.changed_at else ""
    return render_template("members/helping.html", form=form, known=known, words=words)


def _fields(form: HelpingForm) -> Fields:
    return {
        LanguageMissingError: form.languages,
        AwayDayMissingError: form.away_until if form.away_from.day else form.away_from,
        AwayEndsBeforeError: form.away_until,
        AwayOverError: form.away_until,
        AwayTooLongError: form.away_until,
    }
