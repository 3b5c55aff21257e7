"""Every component on one page."""

from flask import Blueprint

blueprint = Blueprint("styleguide", __name__)

from timebank.web.styleguide import views as _views  # noqa: E402, F401 (views join their blueprint)
