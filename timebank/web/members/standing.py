"""Suspending a member, marking them as left, and taking them back in."""

from flask import abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import clock
from timebank.bookkeeping.queries import get_account
from timebank.errors import TimebankError
from timebank.exchanges.leaving import refuse_unfinished
from timebank.exchanges.queries import list_open
from timebank.members.queries import find_actor_by_code
from timebank.members.rules import Standing, may_change_standing
from timebank.members.standing import change_standing
from timebank.web.access import allows, brokers
from timebank.web.extensions import db
from timebank.web.members import blueprint
from timebank.web.members.forms import StandingForm


@blueprint.route("/members/<code:code>/standing", methods=["GET", "POST"])
@allows(brokers)
def standing(code: str) -> str | Response:
    """Change where a membership stands. Who leaves has nothing unfinished; nobody changes their own."""
    session, member = db.session(), find_actor_by_code(db.session(), g.bank.id, code)
    if member is None:
        abort(404)
    if not may_change_standing(g.actor, member):
        abort(403)
    form = StandingForm()
    form.offer(member.standing)
    if form.validate_on_submit():
        to, reason = Standing(form.standing.data), (form.reason.data or "").strip()
        try:
            change_standing(session, member, to, reason=reason, by=g.actor, now=clock.now(), form_key=form.key)
            if to is Standing.LEFT:
                refuse_unfinished(session, member)
            session.commit()
            flash(_("That is changed, and it is on record with your reason."))
            return redirect(url_for("members.member", code=code), 303)
        except TimebankError as error:
            session.rollback()
            form.refuse(error)
    unfinished = list_open(session, g.bank.id, member.account_id)
    account = get_account(session, g.bank.id, member.account_id)
    return render_template("members/standing.html", form=form, member=member, account=account, unfinished=unfinished)
