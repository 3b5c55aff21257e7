"""What a bank makes public of its books: that they sum to zero, how many entries there are, and the seals on them."""

from flask import Response, abort, g, render_template

from timebank.bookkeeping.sealing.logs import list_logs
from timebank.bookkeeping.sealing.receipts import (
    count_public,
    find_checkpoint,
    list_keys,
    list_seals,
    make_succession,
)
from timebank.web.access import allows, anybody
from timebank.web.asked import asked_number
from timebank.web.attachments import attach
from timebank.web.extensions import db
from timebank.web.pages.seals import blueprint

_MOST_SEALS = 25


@blueprint.get("/seals")
@allows(anybody)
def seals() -> str:
    """The newest seals, with what to download and how to check it. No name and no balance of anybody."""
    return render_template(
        "seals/seals.html",
        figures=count_public(db.session(), g.bank.id),
        seals=list_seals(db.session(), g.bank.id, _MOST_SEALS),
        logs=list_logs(db.session(), g.bank.id),
    )


@blueprint.get("/seals/checkpoint.txt")
@allows(anybody)
def checkpoint() -> Response:
    """The newest checkpoint, or that of so many `rows`."""
    checkpoint = find_checkpoint(db.session(), g.bank.id, asked_number("rows"))
    if checkpoint is None:
        abort(404)
    return _file(f"checkpoint-{g.bank.slug}-{checkpoint[0]}.txt", checkpoint[1], "text/plain")


@blueprint.get("/seals/keys.txt")
@allows(anybody)
def keys() -> Response:
    """The public keys of the seals, one a line."""
    lines = "".join(f"{key}\n" for key in list_keys(db.session(), g.bank.id))
    return _file(f"keys-{g.bank.slug}.txt", lines, "text/plain")


@blueprint.get("/seals/proof.json")
@allows(anybody)
def proof() -> Response:
    """The proof that the seal on `new` rows (the newest) goes on from that on `old` rows (the same)."""
    newest = find_checkpoint(db.session(), g.bank.id)
    new = asked_number("new") or (newest[0] if newest else 0)
    old = asked_number("old") or new
    proof_json = make_succession(db.session(), g.bank.id, old, new)
    if proof_json is None:
        abort(404)
    return _file(f"checkpoints-{g.bank.slug}-{old}-{new}.json", proof_json, "application/json")


def _file(name: str, text: str, kind: str) -> Response:
    answer = Response(text, mimetype=kind)
    attach(answer, name)
    return answer
