"""What the bank lets its members know for some days."""

from flask import Blueprint

blueprint = Blueprint("announcements", __name__, url_prefix="/<slug:bank_slug>")
