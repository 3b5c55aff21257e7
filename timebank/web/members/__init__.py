"""People of the bank, and what they say about themselves."""

from flask import Blueprint

blueprint = Blueprint("members", __name__, url_prefix="/<slug:bank_slug>")

from timebank.web.members import standing as _standing, views as _views  # noqa: E402, F401 (views join their blueprint)
