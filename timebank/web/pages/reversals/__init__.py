"""Taking an exchange back."""

from flask import Blueprint

from timebank.references import Subject
from timebank.web.subjects import register_page

blueprint = Blueprint("reversals", __name__, url_prefix="/<slug:bank_slug>")
register_page(Subject.REVERSAL, "reversals.reversal")
