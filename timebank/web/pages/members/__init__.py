"""People of the bank, and what they say about themselves."""

from flask import Blueprint

blueprint = Blueprint("members", __name__, url_prefix="/<slug:bank_slug>")
