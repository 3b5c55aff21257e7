"""A coordinator's pages for the bank's categories: add, change, move, retire."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.listings import actions, categories as keeping
from timebank.listings.errors import NameTakenError, NoNameError
from timebank.listings.queries import get_tree
from timebank.listings.rules import Risk
from timebank.listings.tree import Branch, Tree
from timebank.spelling import isolated
from timebank.web.access import allows, coordinators, doing
from timebank.web.committing import Fields, committing, press
from timebank.web.extensions import db
from timebank.web.forms import ButtonForm, tidy
from timebank.web.pages.listings import blueprint
from timebank.web.pages.listings.forms import RISKS, CategoryForm


@blueprint.get("/categories")
@allows(coordinators)
def categories() -> str:
    """List all categories in their order, retired ones last."""
    tree = get_tree(db.session(), g.bank.id)
    return render_template("listings/categories.html", tree=tree, risks=RISKS, form=ButtonForm())


@blueprint.post("/categories/starting-list")
@allows(coordinators)
def open_categories() -> Response:
    """Give a bank without categories those that every bank starts with."""
    thanks = _("Your list is there. Change it as you like.")
    press(lambda doing: actions.open_categories(db.session(), g.bank, doing), thanks)
    return redirect(url_for("listings.categories"), 303)


@blueprint.route("/categories/new", methods=["GET", "POST"])
@allows(coordinators)
def add_category() -> str | Response:
    """Add a main category, or one below a main category."""
    form, tree = CategoryForm(), get_tree(db.session(), g.bank.id)
    form.offer_places(tree)
    if form.validate_on_submit():
        under = form.under.data if form.under.data in tree.by_key else None
        name, risks = tidy(form.name.data), _risks(form)
        with committing(form, _fields(form)) as outcome:
            keeping.add(db.session(), g.bank, name, risks, doing(form), under=under)
        if outcome.is_done:
            flash(_("%(name)s is in the list now.", name=isolated(name)))
            return redirect(url_for("listings.categories"), 303)
    elif not form.is_submitted():
        form.under.data = request.args.get("under", "")
    return render_template("listings/add_category.html", form=form)


@blueprint.route("/category/<path:key>", methods=["GET", "POST"])
@allows(coordinators)
def category(key: str) -> str | Response:
    """Change a category's name and risks; buttons move and retire it."""
    category, tree = _category(key)
    form = CategoryForm(name=category.name, risks=sorted(category.risks))
    form.offer_places(tree)
    if form.validate_on_submit():
        name = tidy(form.name.data)
        with committing(form, _fields(form)) as outcome:
            keeping.change(db.session(), g.bank, key, name, _risks(form), doing(form))
        if outcome.is_done:
            flash(_("%(name)s is changed.", name=isolated(name)))
            return redirect(url_for("listings.categories"), 303)
    return render_template(
        "listings/category.html",
        form=form,
        category=category,
        beside=tree.beside(category.parent_id),
        under=tree.beside(category.id),
        deed_form=ButtonForm(formdata=None),
    )


@blueprint.post("/category-place/<any(up, down):way>/<path:key>")
@allows(coordinators)
def shift(way: str, key: str) -> Response:
    """Move a category up or down by one position."""
    _category(key)
    press(lambda doing: keeping.shift(db.session(), g.bank, key, doing, up=way == "up"), "")
    return redirect(url_for("listings.category", key=key), 303)


@blueprint.post("/category-retirement/<path:key>")
@allows(coordinators)
def retire(key: str) -> Response:
    """Retire a category: it cannot be chosen any more, and stays on what it was used for."""
    category, _tree = _category(key)
    thanks = _("%(name)s is retired. It stays on what it was used for.", name=isolated(category.name))
    press(lambda doing: keeping.retire(db.session(), g.bank, key, doing), thanks)
    return redirect(url_for("listings.categories"), 303)


@blueprint.post("/category-return/<path:key>")
@allows(coordinators)
def bring_back(key: str) -> Response:
    """Bring a retired category back."""
    category, _tree = _category(key)
    thanks = _("%(name)s can be chosen again.", name=isolated(category.name))
    press(lambda doing: keeping.bring_back(db.session(), g.bank, key, doing), thanks)
    return redirect(url_for("listings.categories"), 303)


def _category(key: str) -> tuple[Branch, Tree]:
    tree = get_tree(db.session(), g.bank.id)
    if key not in tree.by_key:
        abort(404)
    return tree.by_key[key], tree


def _risks(form: CategoryForm) -> list[Risk]:
    return [Risk(risk) for risk in form.risks.data or []]


def _fields(form: CategoryForm) -> Fields:
    return {NameTakenError: form.name, NoNameError: form.name}
