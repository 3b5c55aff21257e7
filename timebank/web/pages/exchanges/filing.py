"""Filing an exchange under a category, by those who look after the bank."""

from flask import g, redirect, url_for
from flask_babel import gettext as _, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import SelectField

from timebank.actors import may_broker
from timebank.exchanges.access import get_visible
from timebank.exchanges.filing import file_under as file_exchange
from timebank.exchanges.models import Exchange
from timebank.listings.queries import get_tree
from timebank.listings.tree import Tree
from timebank.web.access import allows, brokers
from timebank.web.committing import press
from timebank.web.extensions import db
from timebank.web.forms import KeyedForm, SelectChoice
from timebank.web.pages.exchanges import blueprint


class FilingForm(KeyedForm):
    """Under which of the bank's categories."""

    category = SelectField(lazy_gettext("Kind of help"), validate_choice=False)


def filing_form(exchange: Exchange) -> FilingForm | None:
    """Return the form for this exchange; None for readers who may not file, and for banks without categories."""
    if not may_broker(g.actor):
        return None
    tree = get_tree(db.session(), g.bank.id)
    if not tree:
        return None
    filed = tree.by_id.get(exchange.category_id or 0)
    form = FilingForm(category=filed.key if filed else "")
    form.category.choices = _choices(tree, exchange.category_id)
    return form


def _choices(tree: Tree, chosen: int | None) -> list[SelectChoice]:
    """Return the categories in groups; retired ones only where the exchange is filed under them."""
    every = [(main, branch) for main, under in tree.whole() for branch in (main, *under)]
    kept = [(main, branch) for main, branch in every if branch.id == chosen or tree.may_be_chosen(branch.id)]
    named = [SelectChoice(branch.key, branch.name, optgroup=main.name) for main, branch in kept]
    return [SelectChoice("", _("Not filed")), *named]


@blueprint.post("/exchanges/<code:code>/category")
@allows(brokers)
def file_under(code: str) -> Response:
    """File the exchange under a category."""
    get_visible(db.session(), g.actor, code)
    form = FilingForm()
    category = str(form.category.data or "")
    press(lambda doing: file_exchange(db.session(), code, category, doing), _("Done. It is filed."), form)
    return redirect(url_for("exchanges.exchange", code=code), 303)
