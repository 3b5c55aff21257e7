"""What brokers and coordinators have to look at."""

from flask import Blueprint

blueprint = Blueprint("desk", __name__, url_prefix="/<slug:bank_slug>")
