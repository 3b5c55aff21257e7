"""What is missing: the four lists, a page for each kind of help and area with its rows, and the button."""

from flask import abort, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.actors import may_broker
from timebank.banks.queries import find_area
from timebank.exchanges.queries import list_of_categories
from timebank.holders.queries import list_names
from timebank.listings.missing_queries import list_found_of_kinds, list_found_requests_of_area, list_residents
from timebank.listings.queries import get_tree
from timebank.listings.rules import ListingKind
from timebank.listings.to_do import put_on_list
from timebank.references import Ref, Subject
from timebank.tasks.queries import list_not_done
from timebank.tasks.rules import TaskKind
from timebank.web.access import allows, brokers, keepers
from timebank.web.committing import press
from timebank.web.extensions import db
from timebank.web.filters import today
from timebank.web.forms import ButtonForm
from timebank.web.missing import counted_since, find_missing, find_missing_of
from timebank.web.missing_words import figure_words, lack_words, missing_advice
from timebank.web.pages.missing import blueprint
from timebank.web.pages.missing.sections import list_sections
from timebank.web.week import when_it_suits

#: Keys of categories and names of areas are no longer.
LONGEST_CODE = 60


@blueprint.get("/missing")
@allows(keepers)
def missing() -> str:
    """List what is missing, in four lists."""
    return render_template("missing/missing.html", sections=list_sections(find_missing()), **_words_and_button())


@blueprint.get("/missing/kinds/<path:code>")
@allows(keepers)
def kind(code: str) -> str:
    """Show a kind of help: what is missing of it, who asks, who offers, and what came of it in twelve months."""
    tree = get_tree(db.session(), g.bank.id)
    category = tree.by_key.get(code)
    if category is None:
        abort(404)
    about, within = Ref(Subject.CATEGORY, code), tree.within(category.id)
    listings = list_found_of_kinds(db.session(), g.bank.id, within, today=today())
    exchanges = list_of_categories(db.session(), g.bank.id, within, since=counted_since())
    sides = [row.giver_account_id for row in exchanges] + [row.receiver_account_id for row in exchanges]
    return render_template(
        "missing/kind.html",
        about=about,
        category=category,
        title=tree.words_of(category.id),
        lines=find_missing_of(about, tree),
        requests=[row for row in listings if row.kind == ListingKind.REQUEST],
        offers=[row for row in listings if row.kind == ListingKind.OFFER],
        exchanges=exchanges,
        names=list_names(db.session(), g.bank.id, sides),
        **_words_and_button(),
    )


@blueprint.get("/missing/areas/<string:code>")
@allows(keepers)
def area(code: str) -> str:
    """Show an area: what is missing there, its open requests, and who lives there."""
    area = find_area(db.session(), g.bank.id, code.replace("\x00", ""))
    if area is None:
        abort(404)
    about = Ref(Subject.AREA, area.name)
    return render_template(
        "missing/area.html",
        about=about,
        area=area,
        lines=find_missing_of(about),
        requests=list_found_requests_of_area(db.session(), g.bank.id, area.id, today=today()),
        residents=list_residents(db.session(), g.bank.id, area.id),
        **_words_and_button(),
    )


@blueprint.post("/missing/tasks/<any(category, area):subject>/<path:code>")
@allows(brokers)
def task(subject: str, code: str) -> Response:
    """Put a kind of help or an area on the to-do list."""
    code = code.replace("\x00", "")
    if len(code) > LONGEST_CODE:
        abort(404)
    about = Ref(Subject(subject), code)
    press(lambda doing: put_on_list(db.session(), about, doing), _("It is on the to-do list now."))
    return redirect(url_for("missing.missing"), 303)


def _words_and_button() -> dict[str, object]:
    """Return the words of lines, the tasks that there are, and for brokers the form of the button."""
    return {
        "lack_words": lack_words,
        "figure_words": figure_words,
        "advice_of": missing_advice,
        "suits": when_it_suits,
        "tasks": list_not_done(db.session(), g.bank.id, TaskKind.SOMETHING_MISSING),
        "may_broker": may_broker(g.actor),
        "form": ButtonForm(),
    }
