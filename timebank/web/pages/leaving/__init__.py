"""Somebody leaves the time bank, and what they left behind is settled."""

from flask import Blueprint

blueprint = Blueprint("leaving", __name__, url_prefix="/<slug:bank_slug>")
