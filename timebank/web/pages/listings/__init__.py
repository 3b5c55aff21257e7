"""Offers and requests: finding them, one's own, and the categories they stand in."""

from flask import Blueprint

blueprint = Blueprint("listings", __name__, url_prefix="/<slug:bank_slug>")
