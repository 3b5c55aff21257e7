"""The site's own name: no link or redirect carries one that anybody made up in a Host header."""

from urllib.parse import urlsplit

from flask import Flask, current_app, redirect, request, url_for
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response

from timebank.variables import OWN_HOSTS


def find_printable_link(endpoint: str) -> str | None:
    """Return the whole address of a page, to be printed; None where nobody has vouched for the name in the request.

    TIMEBANK_HOSTS vouches for names, and this machine's own lead nowhere else.
    """
    if current_app.config["TRUSTED_HOSTS"] is None and urlsplit(request.host_url).hostname not in OWN_HOSTS:
        return None
    return url_for(endpoint, _external=True)


def set_up(app: Flask) -> None:
    """Make the router's own redirects relative, such as for a double slash: they name the host of the request."""

    @app.after_request
    def _stay(response: Response) -> Response:
        if not isinstance(request.routing_exception, RequestRedirect):
            return response
        address = urlsplit(request.routing_exception.new_url)
        query = f"?{address.query}" if address.query else ""
        return redirect(f"/{address.path.lstrip('/')}{query}", response.status_code)
