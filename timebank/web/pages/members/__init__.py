"""People of the bank, and what they say about themselves."""

from flask import Blueprint

from timebank.references import Subject
from timebank.web.subjects import register_page

blueprint = Blueprint("members", __name__, url_prefix="/<slug:bank_slug>")
register_page(Subject.MEMBER, "members.member")
