"""What kind of help it was, and the request that it was for: one tap each."""

from collections.abc import Sequence

from flask import g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.exchanges import access, drafts
from timebank.exchanges.models import Draft
from timebank.exchanges.rules import Side
from timebank.listings.queries import ListingLine, get_tree, list_requests_of_account
from timebank.listings.starting_categories import OTHER_KEY
from timebank.listings.suggesting import suggest_kinds
from timebank.web.access import allows, members_who_exchange
from timebank.web.extensions import db
from timebank.web.filters import today
from timebank.web.pages.recording import blueprint
from timebank.web.pages.recording.drafted import keep_and_go_on, other_side
from timebank.web.pages.recording.forms import KindForm

MOST_REQUESTS = 3


@blueprint.route("/drafts/<code:code>/kind", methods=["GET", "POST"])
@allows(members_who_exchange)
def kind(code: str) -> str | Response:
    """Ask for the kind of help, and whether it was for a request."""
    draft = access.get_draft(db.session(), g.actor, code)
    if draft.what is None or draft.exchange_id is not None:
        return redirect(url_for("recording.check", code=code))
    form, tree, requests = KindForm(), get_tree(db.session(), g.bank.id), _requests(draft)
    suggested = suggest_kinds(db.session(), g.bank.id, tree, draft.what)
    form.offer_kinds(tree)
    if form.validate_on_submit():
        listing = next((line for line in requests if line.code == form.listing.data), None)
        branch = form.chosen(tree)
        if listing is not None:
            drafts.choose_listing(draft, listing)
            return keep_and_go_on(draft)
        if branch is not None:
            drafts.choose_kind(draft, branch.id)
            return keep_and_go_on(draft)
        form.kind.errors = [_("Tap one of them, or choose another kind here.")]
    elif not form.is_submitted() and draft.category_id in tree.by_id:
        form.kind.data = tree.by_id[draft.category_id].key
    other_kind = tree.by_key.get(OTHER_KEY)
    return render_template(
        "recording/kind.html",
        form=form,
        draft=draft,
        other=other_side(draft),
        requests=[(line.code, line.title) for line in requests],
        suggested=[(branch.key, branch.name) for branch in suggested],
        other_kind=other_kind if other_kind is not None and tree.may_be_chosen(other_kind.id) else None,
    )


def _requests(draft: Draft) -> Sequence[ListingLine]:
    """Return the newest open requests of whoever receives."""
    receiver = g.actor.account_id if draft.side == Side.RECEIVER else draft.other_account_id
    return list_requests_of_account(db.session(), g.bank.id, receiver or 0, today=today(), most=MOST_REQUESTS)
