"""Who could help with a request: for brokers the board, invitations and the plan; for members their answers."""

from flask import Blueprint

from timebank.references import Subject
from timebank.web.subjects import register_page

blueprint = Blueprint("matching", __name__, url_prefix="/<slug:bank_slug>")
register_page(Subject.INVITATION, "matching.invitation")
