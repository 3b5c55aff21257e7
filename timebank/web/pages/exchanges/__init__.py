"""An exchange, and what each side does with it."""

from flask import Blueprint

from timebank.references import Subject
from timebank.web.subjects import register_page

blueprint = Blueprint("exchanges", __name__, url_prefix="/<slug:bank_slug>")
register_page(Subject.EXCHANGE, "exchanges.exchange")
