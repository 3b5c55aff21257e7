"""The components, shown with made-up content, so that they can be looked at and tested."""

from flask import render_template
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField, StringField, TextAreaField

from timebank.actors import Standing
from timebank.exchanges.rules import State
from timebank.joining.rules import Stage
from timebank.ledger.accounts import Account
from timebank.web.access import allows, anybody
from timebank.web.forms import HoursField, KeyedForm, SelectChoice, needed
from timebank.web.pages.styleguide import blueprint


class SampleForm(KeyedForm):
    """One field of each kind."""

    name = StringField(_("A line of text"), validators=[needed(_("Type something here."))])
    how_long = HoursField(_("How long did it take?"), description=_("Such as 45 minutes, 1 h 30 or 2 hours"))
    words = TextAreaField(_("A few words"))
    choice = RadioField(
        _("One of these"), choices=[SelectChoice("a", _("The first")), SelectChoice("b", _("The second"))]
    )
    agrees = BooleanField(_("A box to tick"))


@blueprint.get("/styleguide")
@allows(anybody)
def styleguide() -> str:
    """Every component, with and without an error."""
    form = SampleForm(meta={"csrf": False})
    form.name.errors = [_("Type something here.")]
    accounts = [
        Account(1, balance=150, given=810, received=720),
        Account(2, balance=0),
        Account(3, balance=-120, given=60, received=180),
    ]
    return render_template(
        "styleguide/styleguide.html",
        form=form,
        accounts=accounts,
        states=list(State),
        stages=list(Stage),
        standings=list(Standing),
    )
