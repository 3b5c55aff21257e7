"""What the bank lacks, for those who look after it."""

from flask import Blueprint

from timebank.references import Subject
from timebank.web.subjects import register_page

blueprint = Blueprint("missing", __name__, url_prefix="/<slug:bank_slug>")
register_page(Subject.CATEGORY, "missing.kind")
register_page(Subject.AREA, "missing.area")
