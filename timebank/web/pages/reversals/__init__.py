"""Taking an exchange back."""

from flask import Blueprint

blueprint = Blueprint("reversals", __name__, url_prefix="/<slug:bank_slug>")
