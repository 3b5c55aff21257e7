"""Acting for members who phone, write or drop in: how a broker begins."""

from flask import Blueprint

blueprint = Blueprint("acting", __name__, url_prefix="/<slug:bank_slug>")
