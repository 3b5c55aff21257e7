"""What becomes of recorded help that nobody answers: a broker looks at it, or it is confirmed by time."""

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.exchanges.time_rule import begin_time_rule, end_time_rule, find_time_rule
from timebank.web.access import allows, coordinators, doing
from timebank.web.committing import committing
from timebank.web.extensions import db
from timebank.web.pages.rules import blueprint
from timebank.web.pages.rules.forms import BROKERS, TIME, TimeRuleForm


@blueprint.route("/rules/by-time", methods=["GET", "POST"])
@allows(coordinators)
def by_time() -> str | Response:
    """Choose between the two; who chooses time answers for what it confirms."""
    rule = find_time_rule(db.session(), g.bank.id)
    form = TimeRuleForm(then=TIME if rule is not None and rule.holds else BROKERS)
    if form.validate_on_submit():
        change = begin_time_rule if form.then.data == TIME else end_time_rule
        with committing(form) as outcome:
            change(db.session(), g.bank, doing(form))
        if outcome.is_done:
            flash(_("The rules are changed."))
            return redirect(url_for("rules.rules"), 303)
    return render_template("rules/by_time.html", form=form, rule=rule)
