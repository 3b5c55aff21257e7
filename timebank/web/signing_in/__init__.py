"""Coming in and going out."""

from flask import Blueprint

blueprint = Blueprint("signing_in", __name__, url_prefix="/<slug:bank_slug>")

from timebank.web.signing_in import views as _views  # noqa: E402, F401 (views join their blueprint)
