"""Work that takes longer than anybody should wait for a page: how far it is, and what came of it."""

from flask import Blueprint

from timebank.references import Subject
from timebank.web.subjects import register_page

blueprint = Blueprint("jobs", __name__, url_prefix="/<slug:bank_slug>")
register_page(Subject.JOB, "jobs.job")
