"""Wanting to join: the page for anybody, a broker's writing it down for somebody, and the list of those who wait."""

from flask import abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from timebank import clock
from timebank.actors import Unattended
from timebank.joining import actions as joining
from timebank.joining.errors import ManyFromHereError
from timebank.joining.queries import find_application, list_applications
from timebank.joining.rules import Agreed, Stage
from timebank.signing_in.actions import Attempt, begin_attempt
from timebank.signing_in.errors import TooManyTriesError
from timebank.signing_in.halls import has_broker
from timebank.web.access import allows, anybody, brokers, doing, origin
from timebank.web.asked import asked_number
from timebank.web.committing import committing
from timebank.web.extensions import db
from timebank.web.pages.joining import blueprint
from timebank.web.pages.joining.forms import JoinForm, WrittenDownForm


@blueprint.route("/join", methods=["GET", "POST"])
@allows(anybody)
def join() -> str | Response:
    """Say that one wants to join. The answer is the same whether or not somebody is a member already."""
    form = JoinForm()
    form.area.offer()
    if form.validate_on_submit():
        with committing(form) as outcome:
            _count_try()
            wish = form.wish(Agreed.ONLINE)
            code = joining.apply(db.session(), g.bank, wish, Unattended(g.bank.id, clock.now()), form_key=form.key)
        if outcome.is_done:
            return redirect(url_for("joining.sent", code=code), 303)
    return render_template("joining/join.html", form=form)


@blueprint.get("/join/<code:code>")
@allows(anybody)
def sent(code: str) -> str:
    """After sending: a short reference and what happens next, and nothing of what was said."""
    if find_application(db.session(), g.bank.id, code) is None:
        abort(404)
    return render_template("joining/sent.html", code=code)


@blueprint.get("/applications")
@allows(brokers)
def applications() -> str:
    """All applications that wait, oldest first, or those of one stage."""
    stage_asked = request.args.get("stage", "")
    stage = Stage(stage_asked) if stage_asked in set(Stage) else None
    page = list_applications(db.session(), g.bank.id, stage=stage, above=asked_number("above"))
    return render_template("joining/applications.html", page=page, stage=stage, stages=list(Stage))


@blueprint.route("/applications/new", methods=["GET", "POST"])
@allows(brokers)
def write_down() -> str | Response:
    """Write down an application for somebody who rang, wrote or came by."""
    form = WrittenDownForm()
    form.area.offer()
    if form.validate_on_submit():
        with committing(form) as outcome:
            code = joining.apply(db.session(), g.bank, form.wish(Agreed(form.how.data)), doing(form))
        if outcome.is_done:
            return redirect(url_for("joining.application", code=code), 303)
    return render_template("joining/write_down.html", form=form)


def _count_try() -> None:
    """Count the try from this address in a unit of work of its own. Raises ManyFromHereError.

    Where a broker is signed in at the address, such as in a hall with one network, nobody is counted: the broker came
    so that many people join. How many a bank takes in an hour and a day is limited all the same.
    """
    address, now = origin().address, clock.now()
    if has_broker(db.session(), g.bank.id, address, now):
        return
    try:
        attempt = Attempt(f"joining {g.bank.id} from {address}", None, address)
        begin_attempt(db.session(), attempt, now=now)
    except TooManyTriesError as error:
        raise ManyFromHereError(minutes=error.values["minutes"]) from error
    db.session.commit()
