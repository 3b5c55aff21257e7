"""The areas of the bank's neighbourhood, and the ways between them."""

from flask import Blueprint

blueprint = Blueprint("areas", __name__, url_prefix="/<slug:bank_slug>")

from timebank.web.areas import views as _views  # noqa: E402, F401 (views join their blueprint)
