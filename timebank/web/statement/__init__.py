"""My hours: every line, with the balance after it."""

from flask import Blueprint

blueprint = Blueprint("statement", __name__, url_prefix="/<slug:bank_slug>")

from timebank.web.statement import views as _views  # noqa: E402, F401 (views join their blueprint)
