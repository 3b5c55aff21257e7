"""The seals of a bank's books, open to the whole world, and receipts for those whose hours moved."""

from flask import Blueprint

blueprint = Blueprint("seals", __name__, url_prefix="/<slug:bank_slug>")
