"""Taking an exchange back."""

from flask import Blueprint

blueprint = Blueprint("reversals", __name__, url_prefix="/<slug:bank_slug>")

from timebank.web.reversals import views as _views  # noqa: E402, F401 (views join their blueprint)
