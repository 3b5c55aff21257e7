"""Filing an exchange under a category, by those who look after the bank."""

from collections.abc import Sequence

from flask import abort, flash, g, redirect, url_for
from flask_babel import gettext as _, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import SelectField

from timebank import clock
from timebank.errors import TimebankError
from timebank.exchanges.filing import Shelf, file_under as file_exchange, list_shelves
from timebank.exchanges.models import Exchange
from timebank.exchanges.queries import find_exchange
from timebank.members.rules import may_broker
from timebank.web.access import allows, brokers
from timebank.web.exchanges import blueprint
from timebank.web.extensions import db
from timebank.web.forms import KeyedForm, SelectChoice
from timebank.web.sentences import say


class FilingForm(KeyedForm):
    """Under which of the bank's categories."""

    category = SelectField(lazy_gettext("Kind of help"), validate_choice=False)


def filing_form(shown: Exchange) -> FilingForm | None:
    """The form for this exchange; None for readers who do not file, and where the bank has no categories."""
    if not may_broker(g.actor):
        return None
    shelves = list_shelves(db.session(), g.bank.id)
    if not shelves:
        return None
    labels = {one.id: one.label for shelf in shelves for one in (shelf, *shelf.below)}
    form = FilingForm(category=labels.get(shown.category_id or 0, ""))
    form.category.choices = _choices(shelves, shown.category_id)
    return form


def _choices(shelves: Sequence[Shelf], chosen: int | None) -> list[SelectChoice]:
    """Each main category with those below it as a group; retired ones only where the exchange is filed there."""
    every = [(shelf, one) for shelf in shelves for one in (shelf, *shelf.below)]
    kept = [(shelf, one) for shelf, one in every if not one.is_retired or one.id == chosen]
    named = [SelectChoice(one.label, one.name, optgroup=shelf.name) for shelf, one in kept]
    return [SelectChoice("", _("Not filed")), *named]


@blueprint.post("/exchanges/<code:code>/category")
@allows(brokers)
def file_under(code: str) -> Response:
    """File it, and say so on its page."""
    if find_exchange(db.session(), g.bank.id, code) is None:
        abort(404)
    form = FilingForm()
    if not form.validate_on_submit():
        abort(400)
    try:
        label = str(form.category.data or "")
        file_exchange(db.session(), code, label, by=g.actor, now=clock.now(), form_key=form.key)
        db.session.commit()
        flash(_("Done. It is filed."))
    except TimebankError as error:
        db.session.rollback()
        flash(say(error))
    return redirect(url_for("exchanges.exchange", code=code), 303)
