"""Joining the bank: the page for anybody, and what brokers do with an application until its person is a member."""

from flask import Blueprint

from timebank.references import Subject
from timebank.web.subjects import register_page

blueprint = Blueprint("joining", __name__, url_prefix="/<slug:bank_slug>")
register_page(Subject.APPLICATION, "joining.application")
