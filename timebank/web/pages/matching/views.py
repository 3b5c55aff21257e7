"""The members who could help with a request, why they are in this order, and asking some of them."""

from collections.abc import Sequence

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _, ngettext
from werkzeug.wrappers import Response

from timebank import clock
from timebank.actors import Actor
from timebank.codes import heard
from timebank.errors import PastDayError
from timebank.listings import access
from timebank.listings.filling import next_day
from timebank.listings.queries import WholeListing
from timebank.listings.rules import ListingKind
from timebank.matching.candidates import list_candidates
from timebank.matching.errors import OtherDayError
from timebank.matching.inviting import invite
from timebank.matching.queries import list_of_requests
from timebank.matching.rules import Order
from timebank.matching.rules_of_banks import find_settings
from timebank.members.queries import find_actor_by_code
from timebank.spelling import isolated
from timebank.web.access import allows, brokers, doing
from timebank.web.committing import committing
from timebank.web.extensions import db
from timebank.web.filters import today
from timebank.web.forms import ButtonForm
from timebank.web.pages.matching import blueprint
from timebank.web.pages.matching.forms import InvitationForm
from timebank.web.pages.matching.reasons import ORDERS, REASONS

#: So many names are taken from the address at most.
_MOST_NAMED = 10


@blueprint.get("/listings/<code:code>/helpers")
@allows(brokers)
def helpers(code: str) -> str:
    """List the members who could help with a request, the best first, and who was asked so far."""
    listing = _get_request(code)
    chosen = request.args.get("order", "")
    order = Order(chosen) if chosen in set(Order) else Order.ALL
    barred = [g.actor.membership_id]
    candidates = list_candidates(
        db.session(), listing, g.bank.id, now=clock.now(), today=today(), order=order, barred=barred
    )
    return render_template(
        "matching/helpers.html",
        listing=listing,
        candidates=candidates,
        asked=list_of_requests(db.session(), g.bank.id, [listing.id])[listing.id],
        order=order,
        orders=ORDERS,
        reasons=REASONS,
        form=ButtonForm(),
    )


@blueprint.route("/listings/<code:code>/invitations", methods=["GET", "POST"])
@allows(brokers)
def invitations(code: str) -> str | Response:
    """Check what the chosen members are asked, and send it."""
    listing, whom = _get_request(code), _chosen()
    if not whom:
        flash(_("Tick whom you would like to ask."))
        return redirect(url_for("matching.helpers", code=code), 303)
    day = next_day(listing, today())
    form = InvitationForm()
    if not form.is_submitted():
        form.fill(find_settings(db.session(), g.bank.id))
        form.show(day, listing.wanted_time)
    if form.validate_on_submit():
        ids = [actor.membership_id for actor in whom]
        with committing(form, {PastDayError: form.day}) as outcome:
            invite(db.session(), g.bank, code, ids, form.text(), doing(form))
        if outcome.is_done:
            number = len(whom)
            flash(
                ngettext("%(name)s is asked.", "%(num)s people are on the list.", number, name=isolated(whom[0].name))
            )
            return redirect(url_for("matching.helpers", code=code), 303)
        if isinstance(outcome.refusal, OtherDayError):
            form.show(day, listing.wanted_time)
            form.ask_again(_("The request was changed just now. Look at it once more before you send."))
    return render_template("matching/invitations.html", form=form, listing=listing, whom=whom, day=day)


def _get_request(code: str) -> WholeListing:
    listing = access.get_visible(db.session(), g.actor, code, today())
    if listing.kind != ListingKind.REQUEST:
        abort(404)
    return listing


def _chosen() -> Sequence[Actor]:
    """Return the members whose codes stand in the address, in its order, each once."""
    named = list(dict.fromkeys(heard(code) for code in request.args.getlist("who")))[:_MOST_NAMED]
    actors = [find_actor_by_code(db.session(), g.bank.id, code) for code in named]
    return [actor for actor in actors if actor is not None]
