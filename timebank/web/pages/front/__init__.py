"""The way in: which time bank it is."""

from flask import Blueprint

blueprint = Blueprint("front", __name__)
