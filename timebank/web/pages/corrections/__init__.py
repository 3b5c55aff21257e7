"""Corrections with a second approver, and months that are signed off."""

from flask import Blueprint

from timebank.references import Subject
from timebank.web.subjects import register_page

blueprint = Blueprint("corrections", __name__, url_prefix="/<slug:bank_slug>")
register_page(Subject.CORRECTION, "corrections.correction")
