"""Two addresses for the gateway. Both ask for its secret, and answer 204 to what they understand or leave alone."""

import hmac
from collections.abc import Mapping

from flask import abort, current_app, request
from werkzeug.wrappers import Response

from timebank import clock, codes
from timebank.exchanges.by_text import take_answer
from timebank.phones import plain_phone
from timebank.telling.incoming_texts import NotSentYetError, TextState, note_state, take_text
from timebank.web.access import allows, anybody
from timebank.web.committing import commit
from timebank.web.extensions import csrf, db
from timebank.web.pages.texting import blueprint

#: What gateways call a number that wrote, what it wrote, our reference, and what became of a text.
_FROM = ("from", "From", "source_number", "sender", "msisdn", "originator")
_TEXT = ("text", "Body", "message", "body", "content")
_REF = ("ref", "reference", "client_ref")
_STATE = ("status", "state", "MessageStatus")
#: Twilio's words for those of GOV.UK Notify, which are ours.
_STATES = {"undelivered": TextState.PERMANENT_FAILURE, "failed": TextState.TECHNICAL_FAILURE}
_NO_COUNTRY = "ZZ"


@blueprint.post("/texts/in")
@csrf.exempt  # type: ignore[untyped-decorator]  # a gateway posts here, without a page of ours
@allows(anybody)
def came_in() -> Response:
    """Take a text that somebody sent."""
    values = _read()
    phone = plain_phone(f"+{_first(values, _FROM).strip().lstrip('+')}", _NO_COUNTRY)
    if phone is not None:
        text, now = _first(values, _TEXT), clock.now()
        if not take_answer(db.session(), phone, text, now):
            take_text(db.session(), phone, text, now)
        commit()
    return Response(status=204)


@blueprint.post("/texts/state")
@csrf.exempt  # type: ignore[untyped-decorator]  # as above
@allows(anybody)
def state() -> Response:
    """Store the delivery state of a sent text; answer 503 where the worker has not stored the sending yet."""
    values = _read()
    delivery_id, _dash, bank_id = _first(values, _REF).partition("-")
    delivery, bank, word = codes.from_letters(delivery_id), codes.from_letters(bank_id), _first(values, _STATE)
    known = _STATES.get(word) or (TextState(word) if word in set(TextState) else None)
    if known is not None and delivery is not None and bank is not None:
        try:
            note_state(db.session(), bank, delivery, known, clock.now(), has_mail=current_app.config["SENDS_MAIL"])
        except NotSentYetError:
            return Response(status=503, headers={"Retry-After": "60"})
        commit()
    return Response(status=204)


def _read() -> Mapping[str, object]:
    """Return what was posted. Aborts with 404 where there is no gateway, 401 without its secret, 400 for no object."""
    secret = current_app.config["TEXTS_SECRET"]
    if not secret:
        abort(404)
    authorization = request.authorization
    token = (authorization.token or authorization.password or "") if authorization else ""
    if not hmac.compare_digest(token.encode("utf-8", "replace"), secret.encode()):
        abort(401)
    if not request.is_json:
        return request.form
    try:
        posted = request.get_json(silent=True)
    except RecursionError:  # thousands of brackets
        posted = None
    if not isinstance(posted, dict):
        abort(400)
    return posted


def _first(values: Mapping[str, object], names: tuple[str, ...]) -> str:
    """Return the value of the first of these names that there is, as text; '' for anything but a text or a number."""
    value = next((values[name] for name in names if name in values), "")
    return str(value) if isinstance(value, (str, int)) else ""
