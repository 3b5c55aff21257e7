"""A receipt for an entry: for the two sides of it, and for those who audit."""

from flask import Response, abort, g, redirect, url_for
from werkzeug.wrappers import Response as Answer

from timebank import clock
from timebank.audit.access import get_visible_entry
from timebank.bookkeeping.sealing.actions import seal
from timebank.bookkeeping.sealing.receipts import make_receipt
from timebank.web.access import allows, members
from timebank.web.attachments import attach
from timebank.web.extensions import db
from timebank.web.pages.seals import blueprint


@blueprint.post("/entries/<word:word>/<entry:code>/receipt")
@allows(members)
def ask(word: str, code: str) -> Answer:
    """Seal the entry if it is not sealed yet, and redirect to its receipt. Idempotent."""
    entry = get_visible_entry(db.session(), g.actor, word, code)
    if make_receipt(db.session(), g.bank.id, entry.id) is None:
        seal(db.session(), g.bank.id, now=clock.now())
        db.session.commit()
    return redirect(url_for("seals.receipt", word=word, code=code), 303)


@blueprint.get("/entries/<word:word>/<entry:code>/receipt.json")
@allows(members)
def receipt(word: str, code: str) -> Response:
    """Send the receipt as a JSON file that anybody can verify."""
    receipt_json = make_receipt(db.session(), g.bank.id, get_visible_entry(db.session(), g.actor, word, code).id)
    if receipt_json is None:
        abort(404)
    answer = Response(receipt_json, mimetype="application/json")
    attach(answer, f"receipt-{word}-{code}.json")
    return answer
