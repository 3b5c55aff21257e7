"""How far below zero members and the pot may go."""

from flask import Blueprint

blueprint = Blueprint("limits", __name__, url_prefix="/<slug:bank_slug>")
