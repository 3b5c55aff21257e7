"""Who could help with a request, for brokers."""

from flask import Blueprint

blueprint = Blueprint("matching", __name__, url_prefix="/<slug:bank_slug>")
