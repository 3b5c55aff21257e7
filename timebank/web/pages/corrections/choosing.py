"""Choosing an account: the pot, or somebody by name or number."""

from flask import g
from flask_babel import gettext as _
from wtforms import RadioField, StringField

from timebank.actors import Standing
from timebank.bookkeeping.queries import get_account_of_kind
from timebank.corrections.queries import search_accounts
from timebank.ledger.accounts import AccountKind
from timebank.web.extensions import db
from timebank.web.forms import SelectChoice

POT = "pot"


def choose(choice: RadioField, words: StringField) -> int | None:
    """The account that was chosen, or the only one that the words find; else the field says what to do.

    What was typed counts more than what was pressed in before it. The choices to show are set either way.
    """
    typed = (words.data or "").strip()
    found = search_accounts(db.session(), g.bank.id, typed) if typed else []
    pressed = choice.data or ""
    others = search_accounts(db.session(), g.bank.id, "", code=pressed) if pressed not in {"", POT} else []
    shown = {row.code: row for row in (*found, *others)}
    choice.choices = [SelectChoice(POT, _("The community pot"))]
    choice.choices += [SelectChoice(code, _label(row.name, row.number, row.standing)) for code, row in shown.items()]
    if typed and pressed not in {row.code for row in found}:
        if len(found) == 1:
            choice.data = found[0].code
            return int(found[0].account_id)
        words.errors = [
            _("More than one person is called that. Choose one above.")
            if found
            else _("Nobody here is called that. Try the first name alone, or the number.")
        ]
        return None
    if pressed == POT:
        return get_account_of_kind(db.session(), g.bank.id, AccountKind.POT)
    if pressed in shown:
        return int(shown[pressed].account_id)
    words.errors = [_("Choose an account, or type a name.")]
    return None


def _label(name: str, number: int, standing: str) -> str:
    if standing == Standing.LEFT:
        return str(_("%(name)s, number %(number)s, has left", name=name, number=number))
    return str(_("%(name)s, number %(number)s", name=name, number=number))
