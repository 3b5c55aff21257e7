"""How a bank matches and asks: what each reason counts, and how often members are asked."""

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.matching.rules_of_banks import change_settings, find_settings
from timebank.web.access import allows, coordinators, doing
from timebank.web.committing import committing
from timebank.web.extensions import db
from timebank.web.pages.matching import blueprint
from timebank.web.pages.matching.forms import SettingsForm


@blueprint.route("/rules/matching", methods=["GET", "POST"])
@allows(coordinators)
def settings() -> str | Response:
    """Set how the bank matches and asks, on record."""
    form = SettingsForm(find_settings(db.session(), g.bank.id))
    if form.validate_on_submit():
        with committing(form) as outcome:
            change_settings(db.session(), g.bank, form.said(), doing(form))
        if outcome.is_done:
            flash(_("That is how we ask now."))
            return redirect(url_for("matching.settings"), 303)
    return render_template("matching/settings.html", form=form)
