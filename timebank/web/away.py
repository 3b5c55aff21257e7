"""The page for while the database does not answer, cannot write or is locked.

It makes no query: the bank's name and phone number are cached from the last page of that bank. Its button posts the
same fields again with the same form key, so that submitting is idempotent.
"""

from dataclasses import dataclass

from flask import current_app, g, render_template, request
from flask_login import AnonymousUserMixin
from sqlalchemy.exc import DBAPIError

from timebank.banks.models import Bank
from timebank.web.extensions import READING_METHODS

RETRY_AFTER_SECONDS = "30"
_REMEMBERED = "known_banks"


@dataclass(frozen=True, slots=True)
class KnownBank:
    """What an error page needs of a bank."""

    slug: str
    name: str
    time_zone: str
    phone: str
    coordinator_name: str
    opening_hours: str


def remember(bank: Bank) -> None:
    """Cache what the page needs of a bank, for when it cannot be queried."""
    known = KnownBank(*(getattr(bank, name) for name in KnownBank.__slots__))
    current_app.extensions.setdefault(_REMEMBERED, {})[bank.slug] = known


def away(error: DBAPIError | None = None) -> tuple[str, int, dict[str, str]]:
    """Return the page, 503 and a Retry-After header.

    Where the connection broke during a POST, the page does not claim that nothing moved: whether it was committed is
    unknown.
    """
    sends = request.method not in READING_METHODS
    g.bank = current_app.extensions.get(_REMEMBERED, {}).get(request.path.split("/")[1])
    g.actor = None
    g._login_user = AnonymousUserMixin()  # noqa: SLF001 (or Flask-Login asks the database who reads this)
    page = render_template(
        "errors/503.html" if g.bank else "errors/bare.html",
        sentence=None,
        is_unsure=sends and error is not None and error.connection_invalidated,
        sends=sends,
        address=request.full_path if request.query_string else request.path,
        again=_sent() if sends else [],
    )
    return page, 503, {"Retry-After": RETRY_AFTER_SECONDS}


def _sent() -> list[tuple[str, str]] | None:
    """Return the submitted fields; None where they hold a password or code, which no page repeats."""
    if (request.endpoint or "").startswith("signing_in."):
        return None
    return [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
