"""An exchange, and what each side does with it."""

from flask import Blueprint

blueprint = Blueprint("exchanges", __name__, url_prefix="/<slug:bank_slug>")
