"""The members who could help with a request, and why they are in this order."""

from flask import abort, g, render_template, request
from flask_babel import lazy_gettext as _

from timebank import clock
from timebank.listings import access
from timebank.listings.rules import ListingKind
from timebank.matching.candidates import list_candidates
from timebank.matching.rules import Order, Reason
from timebank.web.access import allows, brokers
from timebank.web.extensions import db
from timebank.web.filters import today
from timebank.web.pages.matching import blueprint

#: Each reason as a broker reads it, and as a line of the sum.
REASONS = {
    Reason.WORDS: _("The words of the offer"),
    Reason.KIND: _("The same kind of help"),
    Reason.GROUP: _("A kind of help beside it"),
    Reason.NEAR: _("How near they live"),
    Reason.FREE: _("Free when it suits"),
    Reason.BELOW_ZERO: _("Below zero, so glad of a chance to give"),
    Reason.ASKED: _("Asked before, these last weeks"),
}
ORDERS = {
    Order.ALL: _("All reasons"),
    Order.WORDS: _("Only by words and kind"),
    Order.NEAR: _("Only by nearness"),
}


@blueprint.get("/listings/<code:code>/helpers")
@allows(brokers)
def helpers(code: str) -> str:
    """List the members who could help with a request, the best first."""
    listing = access.get_visible(db.session(), g.actor, code, today())
    if listing.kind != ListingKind.REQUEST:
        abort(404)
    chosen = request.args.get("order", "")
    order = Order(chosen) if chosen in set(Order) else Order.ALL
    return render_template(
        "matching/helpers.html",
        listing=listing,
        candidates=list_candidates(db.session(), listing, g.bank.id, now=clock.now(), today=today(), order=order),
        order=order,
        orders=ORDERS,
        reasons=REASONS,
    )
