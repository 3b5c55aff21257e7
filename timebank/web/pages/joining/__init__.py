"""Joining the bank: the page for anybody, and what brokers do with an application until its person is a member."""

from flask import Blueprint

blueprint = Blueprint("joining", __name__, url_prefix="/<slug:bank_slug>")
