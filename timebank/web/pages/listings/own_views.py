"""One's own offers and requests, and for brokers handing over what was imported."""

from collections.abc import Sequence

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.listings import actions
from timebank.listings.access import get_changeable
from timebank.listings.errors import CategoriesError, NoTitleError
from timebank.listings.meanings import text_of
from timebank.listings.queries import WholeListing, get_tree, list_categories_of, list_of_member
from timebank.listings.rules import ListingKind, ListingText, Move
from timebank.listings.suggesting import suggest_kinds
from timebank.listings.tree import Tree
from timebank.members.models import Membership
from timebank.members.queries import find_actor_by_code, search_members
from timebank.spelling import isolated
from timebank.web.access import allows, brokers, doing, members, members_who_exchange
from timebank.web.committing import Fields, committing, press
from timebank.web.extensions import db
from timebank.web.filters import today
from timebank.web.forms import ButtonForm, SelectChoice, tidy
from timebank.web.pages.listings import blueprint
from timebank.web.pages.listings.forms import ListingForm, OwnerForm
from timebank.web.pages.listings.searching import areas_by_name, categories_of
from timebank.web.week import when_it_suits


@blueprint.get("/my-listings")
@allows(members_who_exchange)
def mine() -> str:
    """List the reader's offers and requests; first those that are due for review."""
    rows = list_of_member(db.session(), g.bank.id, g.actor.membership_id)
    tree = get_tree(db.session(), g.bank.id)
    day = today()
    return render_template(
        "listings/mine.html",
        to_review=[row for row in rows if row.is_open and row.review_on < day],
        shown=[row for row in rows if row.is_open and row.review_on >= day],
        resting=[row for row in rows if not row.is_open],
        categories=categories_of(rows, tree),
        suits=when_it_suits,
        form=ButtonForm(),
    )


@blueprint.route("/my-listings/new/<any(offer, request):kind>", methods=["GET", "POST"])
@allows(members_who_exchange)
def add(kind: str) -> str | Response:
    """List what one offers or asks for."""
    form, tree, areas = ListingForm(), get_tree(db.session(), g.bank.id), areas_by_name()
    form.offer_choices(tree, areas)
    if form.validate_on_submit():
        with committing(form, _fields(form)) as outcome:
            code = actions.add(db.session(), g.bank, ListingKind(kind), form.said(tree, areas), doing(form))
        if outcome.is_done:
            flash(_("It is listed now. Others can find it."))
            return redirect(url_for("listings.listing", code=code), 303)
    elif not form.is_submitted():
        own_area = db.session.get_one(Membership, (g.bank.id, g.actor.membership_id)).area_id
        form.fill(ListingText("", "", (), own_area, in_person=True), tree, areas)
    suggested = _suggested(form, tree)
    return render_template("listings/add.html", form=form, kind=kind, tree=tree, suggested=suggested)


@blueprint.route("/listings/<code:code>/changes", methods=["GET", "POST"])
@allows(members)
def change(code: str) -> str | Response:
    """Edit a listing; saving also counts as confirming it."""
    listing = get_changeable(db.session(), g.actor, code)
    form, tree, areas = ListingForm(), get_tree(db.session(), g.bank.id), areas_by_name()
    if listing.area is not None and listing.area_id is not None:
        areas[listing.area] = listing.area_id  # it stays where it is, even if that was closed
    kept = list_categories_of(db.session(), g.bank.id, [listing.id]).get(listing.id, ())
    form.offer_choices(tree, areas, kept)
    if form.validate_on_submit():
        with committing(form, _fields(form)) as outcome:
            actions.change(db.session(), g.bank, code, form.said(tree, areas), doing(form))
        if outcome.is_done:
            flash(_("It is changed."))
            return redirect(url_for("listings.listing", code=code), 303)
    elif not form.is_submitted():
        form.fill(_said(listing, kept), tree, areas)
    suggested = _suggested(form, tree)
    return render_template("listings/change.html", form=form, listing=listing, tree=tree, suggested=suggested)


@blueprint.post("/listings/<code:code>/<any(pause, close, reopen, reconfirm):what>")
@allows(members)
def move(code: str, what: str) -> Response:
    """Pause, close, reopen or reconfirm a listing."""
    listing = get_changeable(db.session(), g.actor, code)
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
    listing = get_changeable(db.session(), g.actor, code)
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


def _said(listing: WholeListing, category_ids: tuple[int, ...]) -> ListingText:
    return ListingText(
        title=listing.title,
        words=listing.all_words,
        category_ids=category_ids,
        area_id=listing.area_id,
        in_person=listing.in_person,
        by_phone=listing.by_phone,
        online=listing.online,
        suits=listing.suits,
        when_words=listing.when_words,
    )


def _suggested(form: ListingForm, tree: Tree) -> Sequence[tuple[str, str]]:
    """Return (key, name) of the kinds that what was typed is likely to be, where none was chosen yet.

    That no kind was chosen is then a question to answer with one tap, and no mistake.
    """
    if not form.is_submitted() or form.kind1.data or not tidy(form.title.data):
        return []
    text = text_of(tidy(form.title.data), form.words.data or "")
    suggested = [(branch.key, branch.name) for branch in suggest_kinds(db.session(), g.bank.id, tree, text)]
    if suggested:
        form.kind1.errors = ()
    return suggested


def _fields(form: ListingForm) -> Fields:
    return {CategoriesError: form.kind1, NoTitleError: form.title}
