"""The to-do list of brokers and coordinators."""

from flask import Blueprint

from timebank.references import Subject
from timebank.web.subjects import register_page

blueprint = Blueprint("tasks", __name__, url_prefix="/<slug:bank_slug>")
register_page(Subject.TASK, "tasks.task")
