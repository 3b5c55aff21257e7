"""Choosing an account: the pot, or somebody by name or number."""

from flask import g
from flask_babel import gettext as _
from wtforms import RadioField, StringField

from timebank.actors import Standing
from timebank.bookkeeping.queries import get_account_of_kind
from timebank.corrections.queries import search_accounts
from timebank.ledger.accounts import AccountKind
from timebank.spelling import isolated
from timebank.web.extensions import db
from timebank.web.forms import SelectChoice

POT = "pot"


def choose(choice: RadioField, words: StringField) -> int | None:
    """Return the chosen account, or the only match of the typed words; else None, with an error at the field.

    Typed words override the choice. Sets the choices in any case.
    """
    typed = (words.data or "").strip()
    matches = search_accounts(db.session(), g.bank.id, typed) if typed else []
    pressed = choice.data or ""
    others = search_accounts(db.session(), g.bank.id, "", code=pressed) if pressed not in {"", POT} else []
    rows_by_code = {row.code: row for row in (*matches, *others)}
    choice.choices = [SelectChoice(POT, _("The community pot"))]
    choice.choices += [
        SelectChoice(code, _label(row.name, row.number, row.standing)) for code, row in rows_by_code.items()
    ]
    if typed and pressed not in {row.code for row in matches}:
        if len(matches) == 1:
            choice.data = matches[0].code
            return int(matches[0].account_id)
        words.errors = [
            _("More than one person is called that. Choose one above.")
            if matches
            else _("Nobody here is called that. Try the first name alone, or the number.")
        ]
        return None
    if pressed == POT:
        return get_account_of_kind(db.session(), g.bank.id, AccountKind.POT)
    if pressed in rows_by_code:
        return int(rows_by_code[pressed].account_id)
    words.errors = [_("Choose an account, or type a name.")]
    return None


def _label(name: str, number: int, standing: str) -> str:
    if standing == Standing.LEFT:
        return str(_("%(name)s, number %(number)s, has left", name=isolated(name), number=number))
    return str(_("%(name)s, number %(number)s", name=isolated(name), number=number))
