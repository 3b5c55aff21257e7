"""Corrections with a second approver, and months that are signed off."""

from flask import Blueprint

blueprint = Blueprint("corrections", __name__, url_prefix="/<slug:bank_slug>")
