"""Pages that import listings of another system: upload of a file, preview, and the job."""

from flask import Blueprint

blueprint = Blueprint("imports", __name__, url_prefix="/<slug:bank_slug>")
