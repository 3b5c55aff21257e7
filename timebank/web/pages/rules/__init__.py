"""The rules of the bank: read by everybody in it, set by a coordinator."""

from flask import Blueprint

blueprint = Blueprint("rules", __name__, url_prefix="/<slug:bank_slug>")
