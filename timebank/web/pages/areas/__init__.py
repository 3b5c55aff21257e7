"""The areas of the bank's neighbourhood, and the ways between them."""

from flask import Blueprint

blueprint = Blueprint("areas", __name__, url_prefix="/<slug:bank_slug>")
