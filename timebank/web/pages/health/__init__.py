"""Is the process alive, and is it ready for people? For load balancers, containers and monitoring."""

from flask import Blueprint

blueprint = Blueprint("health", __name__)
