"""How far below zero members and the pot may go."""

from flask import Blueprint

blueprint = Blueprint("limits", __name__, url_prefix="/<slug:bank_slug>")

from timebank.web.limits import views as _views  # noqa: E402, F401 (views join their blueprint)
