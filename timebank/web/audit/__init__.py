"""The books of a bank, for those who answer for them."""

from flask import Blueprint

blueprint = Blueprint("audit", __name__, url_prefix="/<slug:bank_slug>")

from timebank.web.audit import entries as _entries, exchanges as _exchanges, lists as _lists, views as _views  # noqa: E402, F401 (views join their blueprint)
