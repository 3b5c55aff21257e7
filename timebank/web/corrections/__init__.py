"""Corrections with a second approver, and months that are signed off."""

from flask import Blueprint

blueprint = Blueprint("corrections", __name__, url_prefix="/<slug:bank_slug>")

from timebank.web.corrections import months as _months, proposing as _proposing, views as _views  # noqa: E402, F401 (views join their blueprint)
