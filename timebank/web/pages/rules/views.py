"""The bank's rules in sentences for everybody, and as a form for a coordinator."""

from flask import current_app, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _, ngettext
from werkzeug.wrappers import Response

from timebank.actors import may_coordinate
from timebank.banks.actions import change_rules
from timebank.banks.rules import rules_of
from timebank.exchanges.time_rule import find_time_rule
from timebank.web.access import allows, coordinators, doing, members
from timebank.web.committing import committing
from timebank.web.extensions import db
from timebank.web.pages.rules import blueprint
from timebank.web.pages.rules.forms import ALL, RulesForm
from timebank.web.pages.rules.touched import without_letters, without_texts


@blueprint.get("/rules")
@allows(members)
def rules() -> str:
    """What holds in this bank, each rule a sentence."""
    return render_template(
        "rules/rules.html",
        rules=rules_of(g.bank),
        time_rule=find_time_rule(db.session(), g.bank.id),
        may_change=may_coordinate(g.actor),
    )


@blueprint.route("/rules/settings", methods=["GET", "POST"])
@allows(coordinators)
def settings() -> str | Response:
    """Set the rules, on record."""
    form = RulesForm(rules_of(g.bank))
    if form.validate_on_submit():
        with committing(form) as outcome:
            for_all = form.floor_for.data == ALL
            changed = change_rules(db.session(), g.bank, form.rules, doing(form), for_all_members=for_all)
        if outcome.is_done:
            flash(_("The rules are changed."))
            if changed:
                flash(ngettext("%(num)s member has the new limit.", "%(num)s members have the new limit.", changed))
            return redirect(url_for("rules.rules"), 303)
    return render_template(
        "rules/settings.html",
        form=form,
        sends_texts=current_app.config["SENDS_TEXTS"],
        without_letters=without_letters(),
        without_texts=without_texts(),
    )
