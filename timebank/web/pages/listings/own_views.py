"""One's own offers and requests, and for brokers handing over what was imported."""

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.listings import actions
from timebank.listings.access import get_changeable
from timebank.listings.filling import ListingState, state_of
from timebank.listings.queries import get_tree, list_categories_of, list_of_member
from timebank.listings.rules import ListingKind, Move
from timebank.members.queries import find_actor_by_code, search_members
from timebank.spelling import isolated
from timebank.web.access import allows, brokers, doing, members, members_who_exchange
from timebank.web.committing import committing, press
from timebank.web.extensions import db
from timebank.web.filters import today
from timebank.web.forms import ButtonForm, SelectChoice
from timebank.web.pages.listings import blueprint
from timebank.web.pages.listings.beginnings import list_beginnings
from timebank.web.pages.listings.filling_in import beginning_of, fields_of, form_of, suggest, text_of_listing
from timebank.web.pages.listings.forms import OwnerForm
from timebank.web.pages.listings.searching import areas_by_name, categories_of
from timebank.web.week import when_it_suits


@blueprint.get("/my-listings")
@allows(members_who_exchange)
def mine() -> str:
    """List the reader's offers and requests; first those that are due for review."""
    day = today()
    rows = list_of_member(db.session(), g.bank.id, g.actor.membership_id, today=day)
    tree = get_tree(db.session(), g.bank.id)
    states = {row.id: state_of(row, day) for row in rows}
    return render_template(
        "listings/mine.html",
        to_review=[row for row in rows if states[row.id] is ListingState.TO_REVIEW],
        passed=[row for row in rows if states[row.id] is ListingState.DAY_PASSED],
        shown=[row for row in rows if states[row.id] is ListingState.FOUND],
        filled=[row for row in rows if states[row.id] is ListingState.FILLED],
        resting=[row for row in rows if not row.is_open],
        categories=categories_of(rows, tree),
        suits=when_it_suits,
        form=ButtonForm(),
    )


@blueprint.route("/my-listings/new/<any(offer, request):kind>", methods=["GET", "POST"])
@allows(members_who_exchange)
def add(kind: str) -> str | Response:
    """List what one offers or asks for."""
    form, tree, areas = form_of(kind), get_tree(db.session(), g.bank.id), areas_by_name()
    form.offer_choices(tree, areas)
    if form.validate_on_submit():
        with committing(form, fields_of(form)) as outcome:
            code = actions.add(db.session(), g.bank, ListingKind(kind), form.said(tree, areas), doing(form))
        if outcome.is_done:
            flash(_("It is listed now. Others can find it."))
            return redirect(url_for("listings.listing", code=code), 303)
    elif not form.is_submitted():
        form.fill(beginning_of(tree, g.actor, kind), tree, areas)
    return render_template(
        "listings/add.html",
        form=form,
        kind=kind,
        tree=tree,
        suggested=suggest(form, tree),
        beginnings=list_beginnings(tree) if kind == ListingKind.REQUEST else [],
    )


@blueprint.route("/listings/<code:code>/changes", methods=["GET", "POST"])
@allows(members)
def change(code: str) -> str | Response:
    """Edit a listing; saving also counts as confirming it."""
    listing = get_changeable(db.session(), g.actor, code, today())
    form, tree, areas = form_of(listing.kind), get_tree(db.session(), g.bank.id), areas_by_name()
    if listing.area is not None and listing.area_id is not None:
        areas[listing.area] = listing.area_id  # it stays where it is, even if that was closed
    kept = list_categories_of(db.session(), g.bank.id, [listing.id]).get(listing.id, ())
    form.offer_choices(tree, areas, kept)
    if form.validate_on_submit():
        with committing(form, fields_of(form)) as outcome:
            actions.change(db.session(), g.bank, code, form.said(tree, areas), doing(form))
        if outcome.is_done:
            flash(_("It is changed."))
            return redirect(url_for("listings.listing", code=code), 303)
    elif not form.is_submitted():
        form.fill(text_of_listing(listing, kept), tree, areas)
    suggested = suggest(form, tree)
    return render_template("listings/change.html", form=form, listing=listing, tree=tree, suggested=suggested)


@blueprint.post("/listings/<code:code>/<any(pause, close, reopen, reconfirm):what>")
@allows(members)
def move(code: str, what: str) -> Response:
    """Pause, close, reopen or reconfirm a listing."""
    listing = get_changeable(db.session(), g.actor, code, today())
    with committing() as outcome:
        actions.move(db.session(), g.bank, code, Move(what), doing(ButtonForm()))
    if outcome.is_done and what == Move.RECONFIRM:
        flash(_("Thank you. Others can find it again."))
    elif outcome.is_done:
        flash(_("Done. Here is how it stands now."))
    if listing.member_id == g.actor.membership_id:
        return redirect(url_for("listings.mine"), 303)
    return redirect(url_for("listings.listing", code=code), 303)


@blueprint.route("/listings/<code:code>/owner", methods=["GET", "POST"])
@allows(brokers)
def hand_over(code: str) -> str | Response:
    """Give an imported listing to its owner."""
    listing = get_changeable(db.session(), g.actor, code, today())
    if not listing.is_holder:
        return redirect(url_for("listings.listing", code=code))
    form = OwnerForm()
    words = (form.words.data or "").strip()
    rows = search_members(db.session(), g.bank.id, words) if words else []
    form.person.choices = [
        SelectChoice(row.code, _("%(name)s, number %(number)s", name=isolated(row.name), number=row.number))
        for row in rows
    ]
    if form.validate_on_submit():
        owner = find_actor_by_code(db.session(), g.bank.id, form.person.data or "")
        if owner is not None:
            new_owner, thanks = owner, _("It belongs to %(name)s now.", name=isolated(owner.name))
            press(lambda doing: actions.hand_over(db.session(), g.bank, code, new_owner, doing), thanks, form)
            return redirect(url_for("listings.listing", code=code), 303)
        form.words.errors = [_("Choose one of them.") if rows else _("Nobody here is called that.")]
    return render_template("listings/hand_over.html", form=form, listing=listing)
