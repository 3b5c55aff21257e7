"""What members write to each other."""

from flask import Blueprint

from timebank.references import Subject
from timebank.web.subjects import register_page

blueprint = Blueprint("messages", __name__, url_prefix="/<slug:bank_slug>")
register_page(Subject.CONVERSATION, "messages.reported")
