"""What a member needs first: their hours, what waits for them, and the two big buttons."""

from flask import Blueprint

blueprint = Blueprint("home", __name__, url_prefix="/<slug:bank_slug>")
