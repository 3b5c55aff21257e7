"""The books of a bank, for those who answer for them."""

from flask import Blueprint

blueprint = Blueprint("audit", __name__, url_prefix="/<slug:bank_slug>")
