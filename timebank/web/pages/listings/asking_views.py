"""A broker writes a request down for a member, in one form."""

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.actors import How, acting_for, may_act_for
from timebank.listings import actions
from timebank.listings.queries import get_tree
from timebank.listings.rules import ListingKind
from timebank.members.access import get_permitted
from timebank.spelling import isolated
from timebank.web.access import allows, brokers, doing
from timebank.web.committing import committing
from timebank.web.extensions import db
from timebank.web.pages.listings import blueprint
from timebank.web.pages.listings.beginnings import list_beginnings
from timebank.web.pages.listings.filling_in import beginning_of, fields_of, suggest
from timebank.web.pages.listings.request_forms import AskForForm
from timebank.web.pages.listings.searching import areas_by_name


@blueprint.route("/members/<code:code>/request", methods=["GET", "POST"])
@allows(brokers)
def ask_for(code: str) -> str | Response:
    """Write down what a member asks for; it is the member's, with the broker as their hand."""
    member = get_permitted(db.session(), g.actor, code, may_act_for)
    form, tree, areas = AskForForm(), get_tree(db.session(), g.bank.id), areas_by_name()
    form.offer_choices(tree, areas)
    if form.validate_on_submit():
        by = acting_for(g.actor, member, How(form.how.data)).with_evidence(form.evidence.data)
        with committing(form, fields_of(form)) as outcome:
            listed = actions.add(db.session(), g.bank, ListingKind.REQUEST, form.said(tree, areas), doing(form, by))
        if outcome.is_done:
            flash(_("It is listed now for %(name)s. Others can find it.", name=isolated(member.name)))
            return redirect(url_for("listings.listing", code=listed), 303)
    elif not form.is_submitted():
        form.fill(beginning_of(tree, member, ListingKind.REQUEST), tree, areas)
    return render_template(
        "listings/ask_for.html",
        form=form,
        member=member,
        tree=tree,
        suggested=suggest(form, tree),
        beginnings=list_beginnings(tree),
    )
