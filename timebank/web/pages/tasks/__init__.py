"""The to-do list of brokers and coordinators."""

from flask import Blueprint

blueprint = Blueprint("tasks", __name__, url_prefix="/<slug:bank_slug>")
