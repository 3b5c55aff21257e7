"""Bringing in what another system wrote: a file is chosen, looked at, and brought in by the worker."""

from flask import Blueprint

blueprint = Blueprint("imports", __name__, url_prefix="/<slug:bank_slug>")
