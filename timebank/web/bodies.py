"""What a request's body may be: a form as browsers send it, in UTF-8, and JSON at the doors of programs.

Flask-WTF would read JSON into a form, whose fields then hold numbers and lists where text was promised.
"""

from flask import Flask, abort, request

_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
#: The doors of programs, which read no form of ours. They ask for a secret before they read anything.
TAKES_JSON = frozenset({"texting.came_in", "texting.state"})
_CHARSETS = frozenset({"", "utf-8", "utf8"})


def refuse_other_bodies() -> None:
    """Abort with 415 unless the body is a form in UTF-8, or there is none."""
    if not request.content_length and "Transfer-Encoding" not in request.headers:
        return
    if request.endpoint in TAKES_JSON and request.mimetype == "application/json":
        return
    charset = request.mimetype_params.get("charset", "").strip("\"' ").lower()
    if request.mimetype not in _FORMS or charset not in _CHARSETS:
        abort(415)


def set_up(app: Flask) -> None:
    """Look at the body before anything else reads it."""
    app.before_request(refuse_other_bodies)
