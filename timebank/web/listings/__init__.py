"""Offers and requests: finding them, one's own, and the categories they stand in."""

from flask import Blueprint

blueprint = Blueprint("listings", __name__, url_prefix="/<slug:bank_slug>")

from timebank.web.listings import category_views as _categories, own_views as _own, views as _views  # noqa: E402, F401 (views join their blueprint)
