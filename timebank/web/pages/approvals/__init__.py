"""What one keeper proposes and another answers, other than in the books: roles."""

from flask import Blueprint

from timebank.references import Subject
from timebank.web.subjects import register_page

blueprint = Blueprint("approvals", __name__, url_prefix="/<slug:bank_slug>")
register_page(Subject.ROLE, "approvals.role_change")
