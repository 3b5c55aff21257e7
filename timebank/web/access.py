"""Who may open a page. Every view states it with `@allows(…)`; a view that does not is refused.

Strangers to a bank get 404; its members get 403 where they lack permission.
"""

from collections.abc import Callable
from datetime import date
from functools import wraps
from ipaddress import ip_address, ip_network
from typing import Any, Protocol
from urllib.parse import quote

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask_login import UserMixin, current_user
from sqlalchemy.exc import DBAPIError
from werkzeug.routing import BaseConverter
from werkzeug.wrappers import Response

from timebank import actors as rules, clock, codes
from timebank.actors import Actor, Doing, How
from timebank.banks.queries import find_bank
from timebank.members.queries import find_actor, find_actor_by_code
from timebank.retries import TRIES, is_worth_retrying
from timebank.security.actions import Origin
from timebank.signing_in.queries import SignedInPerson, find_signed_in
from timebank.web.away import remember
from timebank.web.extensions import db, login

#: Ways a member may instruct a broker in acting mode; a signed slip is chosen on the form that records help instead.
TELLS = (How.PHONE, How.PAPER, How.IN_PERSON)
View = Callable[..., Any]


def anybody(_actor: Actor | None) -> bool:
    """Pages for the whole world, signed in or not."""
    return True


def members(actor: Actor) -> bool:
    """Everybody with an active membership of this bank, whatever their roles."""
    return actor.is_active


def members_themselves(actor: Actor) -> bool:
    """The same in person: what is about signing in is nobody else's to do."""
    return actor.is_active and actor.hand is None


members_who_exchange = rules.may_exchange
readers_of_own_hours = rules.may_read_own_hours
brokers = rules.may_broker
coordinators = rules.may_coordinate
approvers = rules.may_approve
auditors = rules.may_audit


def keepers(actor: Actor) -> bool:
    """Those who look after the bank or audit it."""
    return rules.may_see_all_exchanges(actor)


def second_keepers(actor: Actor) -> bool:
    """Those who can look twice at what another keeper did: brokers and approvers."""
    return rules.may_broker(actor) or rules.may_approve(actor)


def allows(permission: Callable[..., bool]) -> Callable[[View], View]:
    """Guard a view with a permission; the view then has the bank in `g.bank` and who acts in `g.actor`.

    A view whose transaction lost a conflict is retried from its start, with the same form and key.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(**arguments: Any) -> Any:  # noqa: ANN401 (whatever the view answers)
            _find_bank()
            refusal = _admit(permission)
            return refusal or _with_retries(permission, view, arguments)

        guarded.allowed = permission  # type: ignore[attr-defined]
        return guarded

    return guard


def without_session(view: View) -> View:
    """Mark a view as open to anybody, without loading the session: for URLs that programs poll."""
    view.allowed = anybody  # type: ignore[attr-defined]
    return view


def _find_bank() -> None:
    slug = (request.view_args or {}).pop("bank_slug", None)
    if slug is None:
        return
    g.bank = find_bank(db.session(), slug)
    if g.bank is None:
        abort(404)
    g.bank_slug = slug  # for the log, which must not ask the database
    remember(g.bank)


def _admit(permission: Callable[..., bool]) -> Response | None:
    """Set `g.actor`; return a redirect to the sign-in page for who is not signed in. Aborts with 404 or 403."""
    g.actor = _find_reader() if current_user.is_authenticated and "bank" in g else None
    if permission is anybody:
        return None
    if not current_user.is_authenticated or not _is_session_of_bank():
        return redirect(url_for("signing_in.sign_in", next=request.path if request.method == "GET" else None), 303)
    if g.actor is None:
        abort(404)
    _act_for_somebody()
    if not permission(g.actor):
        abort(403)
    return None


def _is_session_of_bank() -> bool:
    """Return whether the session is good here: one that a code opened is good in the code's bank only."""
    code_bank_id = current_user.signed_in.code_bank_id
    return code_bank_id is None or ("bank" in g and code_bank_id == g.bank.id)


def _find_reader() -> Actor | None:
    """Return the reader as an actor of this bank, with a member's roles only where a broker's code let them in."""
    if not _is_session_of_bank():
        return None
    actor, maker = find_actor(db.session(), g.bank.id, current_user.person_id), current_user.signed_in.maker
    return actor if actor is None or maker is None else rules.signed_in_by_code(actor, maker)


def _act_for_somebody() -> None:
    """Set `g.actor` to the member whom a broker acts for, where the URL names one (`acting`, `how`).

    It is in every URL instead of the cookie, so that two windows of one broker never mix two members.
    Aborts with 404 where the code is no member's, with 403 where the reader may not act for that member.
    """
    code, how = request.args.get("acting"), request.args.get("how", "")
    if code is None:
        return
    member = find_actor_by_code(db.session(), g.bank.id, codes.heard(code))
    if member is None:
        abort(404)
    if how not in TELLS or not rules.may_act_for(g.actor, member):
        abort(403)
    g.actor = rules.acting_for(g.actor, member, How(how))


def _with_retries(permission: Callable[..., bool], view: View, arguments: dict[str, Any]) -> Any:  # noqa: ANN401 (whatever the view answers)
    """Call the view; where its transaction lost a conflict, look up the reader's rights again and call it once more."""
    arguments.pop("bank_slug", None)
    for left in reversed(range(TRIES)):
        try:
            return view(**arguments)
        except DBAPIError as error:
            db.session.rollback()
            if not left or not is_worth_retrying(error):
                raise
        refusal = _admit(permission)
        if refusal is not None:
            return refusal
    return None


class SignedIn(UserMixin):  # type: ignore[misc]
    """Somebody signed in on this device. The cookie holds a random token that stands for a row, never a person's id."""

    def __init__(self, token: str, signed_in: SignedInPerson) -> None:
        self.token = token
        self.signed_in = signed_in
        self.person_id = signed_in.person_id

    def get_id(self) -> str:
        """Return the token, which Flask-Login stores in the cookie."""
        return self.token


def load_signed_in(token: str) -> SignedIn | None:
    """Return who the cookie's token stands for; None once the session was ended or has expired."""
    signed_in = find_signed_in(db.session(), token, clock.now())
    return None if signed_in is None else SignedIn(token, signed_in)


class CodeConverter(BaseConverter):
    """A code in a URL, such as K7M3-Q2XZ: in any case, with or without the dash."""

    regex = "[0-9A-Za-z]{4}-?[0-9A-Za-z]{4}"

    def to_python(self, value: str) -> str:
        """Return the code as it is stored."""
        return codes.heard(value)

    def to_url(self, value: str) -> str:
        """Return the code in groups of four."""
        return codes.spoken(value)


class EntryConverter(BaseConverter):
    """An entry's code in a URL; for imported entries, a tilde and the key that they had in the older books."""

    regex = f"(?:{CodeConverter.regex}|{codes.OLD_KEY}[^/]+)"
    part_isolating = True

    def to_python(self, value: str) -> str:
        """Return the code or key as it is stored."""
        return value if value.startswith(codes.OLD_KEY) else codes.heard(value)

    def to_url(self, value: str) -> str:
        """Return the code in groups of four, or the key quoted for a URL."""
        return quote(value, safe="~") if value.startswith(codes.OLD_KEY) else codes.spoken(value)


class MonthConverter(BaseConverter):
    """A month in a URL, such as 2026-11; a date, its first day, in Python."""

    regex = r"20\d\d-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> date:
        """Return the first day of the month."""
        return date.fromisoformat(f"{value}-01")

    def to_url(self, value: date) -> str:
        """Return the month's year and number."""
        return f"{value:%Y-%m}"


class SlugConverter(BaseConverter):
    """A bank's slug in a URL."""

    regex = "[a-z0-9]+(?:-[a-z0-9]+)*"


class TokenConverter(BaseConverter):
    """A random token in a URL, as `secrets.token_urlsafe` makes it."""

    regex = "[0-9A-Za-z_-]{20,64}"


class WordConverter(BaseConverter):
    """A lower-case word in a URL, such as the kind of an entry."""

    regex = "[a-z]+"


class HasKey(Protocol):
    """A form with the key that makes its action idempotent."""

    @property
    def key(self) -> str:
        """The key."""
        ...


def doing(form: HasKey | None = None, by: Actor | None = None) -> Doing:
    """Return who does what the form asks for, now: the reader, or `by`, who is the reader with a broker's evidence."""
    return Doing(by or g.actor, clock.now(), form.key if form is not None else None)


def origin() -> Origin:
    """Return where this request came from, for the brake and for security events.

    Of an IPv6 address it is the network (/64), since whoever has one address has all of them.
    """
    return Origin(_network_of(request.remote_addr or ""), request.user_agent.string)


def _network_of(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address  # noqa: PLR2004 (IPv6)


def refuse_unguarded() -> None:
    """Abort with 403 for a view without a permission: deny by default."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or request.endpoint == "static" or hasattr(view, "allowed"):
        return
    abort(403)


def set_up(app: Flask) -> None:
    """Register the guards, the URL converters and the default values of URLs."""
    app.url_map.converters.update(code=CodeConverter, entry=EntryConverter, month=MonthConverter)
    app.url_map.converters.update(slug=SlugConverter, token=TokenConverter, word=WordConverter)
    app.before_request(refuse_unguarded)
    login.init_app(app)
    login.user_loader(load_signed_in)

    @app.url_defaults
    def _stay_in_bank(endpoint: str, values: dict[str, Any]) -> None:
        if "bank" in g and g.bank is not None and app.url_map.is_endpoint_expecting(endpoint, "bank_slug"):
            values.setdefault("bank_slug", g.bank.slug)
            if g.get("actor") is not None and g.actor.hand is not None:
                values.setdefault("acting", codes.spoken(g.actor.code))
                values.setdefault("how", g.actor.hand.how)
