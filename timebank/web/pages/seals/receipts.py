"""A receipt for an entry: for the two sides of it, and for those who audit."""

from flask import Response, abort, g, redirect, url_for
from werkzeug.wrappers import Response as Answer

from timebank import clock
from timebank.actors import may_audit, may_see_all_exchanges
from timebank.audit.rules import keys_of
from timebank.bookkeeping.audit_queries import EntryRow, find_entry
from timebank.bookkeeping.sealing.actions import seal
from timebank.bookkeeping.sealing.receipts import make_receipt
from timebank.web.access import allows, members
from timebank.web.extensions import db
from timebank.web.forms import KeyedForm
from timebank.web.pages.seals import blueprint


@blueprint.post("/entries/<word:word>/<entry:code>/receipt")
@allows(members)
def ask(word: str, code: str) -> Answer:
    """Seal the entry if it is not sealed yet, and go to its receipt. Sent twice, it is sealed once."""
    entry = _own_entry(word, code)
    if not KeyedForm().validate_on_submit():
        abort(400)
    if make_receipt(db.session(), g.bank.id, entry.id) is None:
        seal(db.session(), g.bank.id, now=clock.now())
        db.session.commit()
    return redirect(url_for("seals.receipt", word=word, code=code), 303)


@blueprint.get("/entries/<word:word>/<entry:code>/receipt.json")
@allows(members)
def receipt(word: str, code: str) -> Response:
    """The receipt as a file that anybody can check."""
    told = make_receipt(db.session(), g.bank.id, _own_entry(word, code).id)
    if told is None:
        abort(404)
    answer = Response(told, mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="receipt-{word}-{code}.json"'
    return answer


def _own_entry(word: str, code: str) -> EntryRow:
    """The entry, if the reader's hours moved in it or they audit; for other members it does not exist."""
    entry = find_entry(db.session(), g.bank.id, keys_of(word, code))
    if entry is None:
        abort(404)
    sides = {account for line in entry.lines for account in line[:2]}
    if g.actor.account_id not in sides and not may_audit(g.actor):
        abort(403 if may_see_all_exchanges(g.actor) else 404)
    return entry
