"""The to-do list of brokers and coordinators."""

from flask import Blueprint

blueprint = Blueprint("tasks", __name__, url_prefix="/<slug:bank_slug>")

from timebank.web.tasks import views as _views  # noqa: E402, F401 (views join their blueprint)
