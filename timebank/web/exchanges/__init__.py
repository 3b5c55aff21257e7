"""An exchange, and what each side does with it."""

from flask import Blueprint

blueprint = Blueprint("exchanges", __name__, url_prefix="/<slug:bank_slug>")

from timebank.web.exchanges import filing as _filing, views as _views  # noqa: E402, F401 (views join their blueprint)
