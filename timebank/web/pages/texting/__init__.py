"""The doors for a gateway of text messages: what came in, and what became of what went out."""

from flask import Blueprint

blueprint = Blueprint("texting", __name__)
