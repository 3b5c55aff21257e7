"""Is the process alive, and is it ready for people? For load balancers, containers and monitoring."""

from flask import Blueprint

blueprint = Blueprint("health", __name__)

from timebank.web.health import views as _views  # noqa: E402, F401 (views join their blueprint)
