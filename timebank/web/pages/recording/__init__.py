"""Writing help down, one question a page."""

from flask import Blueprint

blueprint = Blueprint("recording", __name__, url_prefix="/<slug:bank_slug>")
