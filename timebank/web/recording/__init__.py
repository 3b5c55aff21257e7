"""Writing help down, one question a page."""

from flask import Blueprint

blueprint = Blueprint("recording", __name__, url_prefix="/<slug:bank_slug>")

from timebank.web.recording import views as _views  # noqa: E402, F401 (views join their blueprint)
