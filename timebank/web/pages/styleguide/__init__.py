"""Every component on one page."""

from flask import Blueprint

blueprint = Blueprint("styleguide", __name__)
