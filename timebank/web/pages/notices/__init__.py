"""Pages of notices: choosing how to get them, stopping them, and what brokers say on the telephone."""

from flask import Blueprint

blueprint = Blueprint("notices", __name__, url_prefix="/<slug:bank_slug>")
