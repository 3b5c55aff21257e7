"""Coming in and going out."""

from flask import Blueprint

blueprint = Blueprint("signing_in", __name__, url_prefix="/<slug:bank_slug>")
