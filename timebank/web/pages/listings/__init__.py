"""Offers and requests: finding them, one's own, and the categories they stand in."""

from flask import Blueprint

from timebank.references import Subject
from timebank.web.subjects import register_page

blueprint = Blueprint("listings", __name__, url_prefix="/<slug:bank_slug>")
register_page(Subject.LISTING, "listings.listing")
