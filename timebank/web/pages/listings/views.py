"""Finding offers and requests, reading one, and answering it."""

from flask import g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import clock
from timebank.actors import Actor, may_broker, may_coordinate, may_exchange, may_see_all_exchanges
from timebank.exchanges import drafts
from timebank.exchanges.of_requests import list_helpers
from timebank.holders.queries import list_names
from timebank.listings import access, actions
from timebank.listings.filling import ListingState, places_left, state_of
from timebank.listings.finding import find_listings
from timebank.listings.queries import WholeListing, find_listing, get_tree
from timebank.listings.rules import ListingKind, may_change, may_hand_over
from timebank.members.queries import list_membership_names
from timebank.messages.rules import may_write
from timebank.web.access import allows, doing, members_who_exchange
from timebank.web.asked import asked_number
from timebank.web.committing import press
from timebank.web.extensions import db
from timebank.web.filters import today
from timebank.web.forms import ButtonForm, tidy
from timebank.web.pages.listings import blueprint
from timebank.web.pages.listings.forms import RISKS, AskBrokerForm
from timebank.web.pages.listings.searching import areas_by_name, categories_of, read_asked
from timebank.web.week import DAYS, when_it_suits

_MOST_PAGES = 100_000


def finders(actor: Actor) -> bool:
    """Those who give and receive, and those who look after the bank."""
    return may_exchange(actor) or may_see_all_exchanges(actor)


@blueprint.get("/listings")
@allows(finders)
def listings() -> str:
    """List the offers or requests that match."""
    tree, areas = get_tree(db.session(), g.bank.id), areas_by_name()
    asked = read_asked(tree, areas)
    number = min(asked_number("page") or 1, _MOST_PAGES)
    page = find_listings(db.session(), g.bank.id, asked.filters, tree, today=today(), page=number)
    return render_template(
        "listings/listings.html",
        page=page,
        asked=asked,
        tree=tree,
        areas=areas,
        categories=categories_of(page.every_row, tree),
        days=DAYS,
        suits=when_it_suits,
        form=AskBrokerForm(formdata=None, words=asked.filters.words),
        may_exchange=may_exchange(g.actor),
        may_coordinate=may_coordinate(g.actor),
    )


def _may_write_to_owner(listing: WholeListing) -> bool:
    """Return whether the reader may write to whose listing it is."""
    return may_write(g.actor) and listing.owner_is_active and listing.member_id != g.actor.membership_id


@blueprint.get("/listings/<code:code>")
@allows(finders)
def listing(code: str) -> str:
    """Show an offer or a request."""
    listing = access.get_visible(db.session(), g.actor, code, today())
    tree = get_tree(db.session(), g.bank.id)
    categories = categories_of([listing], tree)[listing.id]
    risks = tree.risks_of(category.id for category in categories)
    return render_template(
        "listings/listing.html",
        listing=listing,
        categories=categories,
        risks=[RISKS[risk] for risk in risks],
        suits=when_it_suits(listing.suits),
        listed_on=clock.local_day(listing.listed_at, g.bank.time_zone),
        is_own=listing.member_id == g.actor.membership_id,
        may_change=may_change(listing.member_id, g.actor),
        **_where_it_stands(listing),
        may_answer=access.may_answer(listing, g.actor, today()),
        may_ask_broker=may_exchange(g.actor) and not may_broker(g.actor),
        writes_to=listing.member_code if _may_write_to_owner(listing) else None,
        may_find_helpers=may_broker(g.actor) and listing.is_open and places_left(listing) > 0,
        may_hand_over=may_hand_over(g.actor, held=listing.is_holder),
        form=ButtonForm(),
        ask_form=AskBrokerForm(formdata=None, words=listing.title),
    )


def _where_it_stands(listing: WholeListing) -> dict[str, object]:
    """Return whether a request is filled or over, and for its owner and brokers who helps and who wrote it down."""
    state = state_of(listing, today())
    sees = may_change(listing.member_id, g.actor)
    is_request = listing.kind == ListingKind.REQUEST
    helpers = list_helpers(db.session(), g.bank.id, [listing.id]) if sees and is_request else []
    return {
        "is_filled": state is ListingState.FILLED,
        "day_passed": state is ListingState.DAY_PASSED,
        "helpers": helpers,
        "brokers": list_membership_names(db.session(), g.bank.id, [listing.written_by]) if sees else {},
        "names": list_names(db.session(), g.bank.id, [helper.account_id for helper in helpers]),
    }


@blueprint.post("/listings/<code:code>/answer")
@allows(members_who_exchange)
def answer(code: str) -> Response:
    """Answer it with a draft: who answers an offer receives, who answers a request gives."""
    line = access.get_visible(db.session(), g.actor, code, today())
    listing = find_listing(db.session(), g.bank.id, code)
    if listing is None or not access.may_answer(line, g.actor, today()):
        return redirect(url_for("listings.listing", code=code), 303)
    draft = drafts.start_from_listing(db.session(), g.bank, listing, line.account_id, doing(ButtonForm()))
    db.session.commit()
    return redirect(url_for("recording.what", code=draft.code), 303)


@blueprint.route("/help-wanted", methods=["GET", "POST"])
@allows(members_who_exchange)
def ask_broker() -> str | Response:
    """Open a task for a broker to find somebody, with the words of the search."""
    form = AskBrokerForm()
    if form.validate_on_submit():
        words = tidy(form.words.data)
        thanks = _("A broker looks for somebody: %(words)s. They will get in touch with you.", words=words)
        if press(lambda doing: actions.ask_broker(db.session(), words, doing), thanks, form):
            return redirect(url_for("listings.listings"), 303)
    return render_template("listings/ask_broker.html", form=form)
