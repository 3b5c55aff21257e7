"""Suspending a member and taking them back in. Who leaves has pages of their own, where their hours are settled."""

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.actors import Standing, may_change_standing
from timebank.leaving.actions import take_back_in
from timebank.members.access import get_permitted
from timebank.members.standing import change_standing
from timebank.web.access import allows, brokers, doing
from timebank.web.committing import committing
from timebank.web.extensions import db
from timebank.web.pages.members import blueprint
from timebank.web.pages.members.forms import StandingForm


@blueprint.route("/members/<code:code>/standing", methods=["GET", "POST"])
@allows(brokers)
def standing(code: str) -> str | Response:
    """Change where a membership stands; nobody changes their own."""
    session, member = db.session(), get_permitted(db.session(), g.actor, code, may_change_standing)
    form = StandingForm()
    form.offer(member.standing)
    if form.validate_on_submit():
        to, reason = Standing(form.standing.data), (form.reason.data or "").strip()
        if to is Standing.LEFT:
            return redirect(url_for("leaving.where", code=code), 303)
        with committing(form) as outcome:
            if to is Standing.ACTIVE:
                take_back_in(session, member, doing(form), reason=reason)
            else:
                change_standing(session, member, to, doing(form), reason=reason)
        if outcome.is_done:
            flash(_("That is changed, and it is on record with your reason."))
            return redirect(url_for("members.member", code=code), 303)
    return render_template("members/standing.html", form=form, member=member)
