"""The way in: which time bank it is."""

from flask import Blueprint

blueprint = Blueprint("front", __name__)

from timebank.web.front import views as _views  # noqa: E402, F401 (views join their blueprint)
