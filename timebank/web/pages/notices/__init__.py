"""How members are told of what concerns them: choosing it, stopping it, and what brokers say on the telephone."""

from flask import Blueprint

blueprint = Blueprint("notices", __name__, url_prefix="/<slug:bank_slug>")
