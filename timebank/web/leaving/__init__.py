"""Somebody leaves the time bank, and what they left behind is settled."""

from flask import Blueprint

blueprint = Blueprint("leaving", __name__, url_prefix="/<slug:bank_slug>")

from timebank.web.leaving import views as _views  # noqa: E402, F401 (views join their blueprint)
