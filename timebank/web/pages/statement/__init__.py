"""My hours: every line, with the balance after it."""

from flask import Blueprint

blueprint = Blueprint("statement", __name__, url_prefix="/<slug:bank_slug>")
