"""Handlers that render an error page for every exception: plain words, and the bank's phone number."""

import logging
from http import HTTPStatus

from flask import Flask, g, render_template, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, SecurityError
from werkzeug.wrappers import Response

from timebank import clock
from timebank.banks.models import Bank
from timebank.banks.queries import find_bank
from timebank.errors import NotPermittedError, NotVisibleError, TimebankError
from timebank.members.queries import find_actor
from timebank.security import actions as security
from timebank.security.actions import Change, NewEvent
from timebank.security.rules import EventKind
from timebank.web.access import origin
from timebank.web.away import away
from timebank.web.extensions import db
from timebank.web.sentences import say

_log = logging.getLogger(__name__)
_PAGES = {400, 403, 404, 405, 413, 415, 429, 500}
Page = tuple[str, int, dict[str, str]]


def _page(status: int, sentence: str | None = None) -> Page:
    try:
        return _filled(status, sentence)
    except (OperationalError, InterfaceError) as error:  # the page needs the reader, who cannot be loaded
        return _database_gone(error)


def _filled(status: int, sentence: str | None) -> Page:
    db.session.rollback()
    if g.get("bank") is None:
        g.bank = _bank_of_address()
    g.setdefault("actor", None)
    page = status if status in _PAGES else 500
    return render_template(f"errors/{page}.html", sentence=sentence), status, {}


def _bank_of_address() -> Bank | None:
    """Return the bank of the requested URL, for its phone number; None while the database is away."""
    try:
        return find_bank(db.session(), request.path.split("/")[1])
    except SQLAlchemyError:
        db.session.rollback()
        return None


def _http(error: HTTPException) -> Page | Response:
    if error.response is not None or error.code is None:
        return error.get_response()
    if error.code == HTTPStatus.FORBIDDEN:
        _record_refusal(EventKind.PAGE_REFUSED)
    page, status, headers = _page(error.code)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        headers = {**headers, "Allow": ", ".join(sorted(error.valid_methods))}
    return page, status, headers


def _wrong_host(_error: SecurityError) -> Response:
    """Answer a request for another site's name, or for what is no name, without a page: no address can be built."""
    return Response("This site has another address. Look at the one you typed.\n", 400, mimetype="text/plain")


def _csrf(_error: CSRFError) -> Page:
    _record_refusal(EventKind.FORM_REFUSED)
    return _page(400)


def _record_refusal(kind: EventKind) -> None:
    """Record in a transaction of its own that a page or a form was refused; without the database there is no record."""
    bank, actor = g.get("bank") or _bank_of_address(), g.get("actor")
    if bank is None:
        return
    # Read before the session is rolled back: reading them anew would take SQLite's write lock.
    bank_id, reader_id = bank.id, current_user.person_id if current_user.is_authenticated else None
    change = Change(after=f"{request.method} {request.path}")
    try:
        with db.apart() as session:
            reader = find_actor(session, bank_id, reader_id) if reader_id is not None else None
            person_id = reader.person_id if reader else None  # a stranger's name is nothing for this bank
            by = actor.doer_id if actor else None
            event = NewEvent(kind, bank_id, person_id, by=by, now=clock.now(), origin=origin(), change=change)
            security.record(session, event)
    except SQLAlchemyError:
        _log.warning("a refusal was not recorded", exc_info=True)


def _not_visible(_error: NotVisibleError) -> Page:
    return _page(404)


def _not_permitted(_error: NotPermittedError) -> Page:
    _record_refusal(EventKind.PAGE_REFUSED)
    return _page(403)


def _refused(error: TimebankError) -> Page:
    """Render a refusal that no view caught on a page of its own."""
    return _page(400, say(error))


def _database_gone(error: DBAPIError) -> Page:
    _log.error("the database does not answer", exc_info=error)
    db.session.rollback()
    return away(error)


def _broken(error: Exception) -> Page:
    _log.error("a page broke", exc_info=error)
    try:
        return _page(500)
    except Exception:  # noqa: BLE001 (the page itself may need what is broken)
        page, _status, headers = away()
        return page, 500, headers


def set_up(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(SecurityError, _wrong_host)
    app.register_error_handler(TimebankError, _refused)
    app.register_error_handler(NotVisibleError, _not_visible)
    app.register_error_handler(NotPermittedError, _not_permitted)
    for gone in (OperationalError, InterfaceError):
        app.register_error_handler(gone, _database_gone)
    if not app.debug:
        app.register_error_handler(Exception, _broken)
