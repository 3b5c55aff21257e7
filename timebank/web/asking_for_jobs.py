"""Asking the worker for a job from any page, and leading to the page that says how far it is."""

from collections.abc import Mapping

from flask import redirect, url_for
from werkzeug.wrappers import Response

from timebank.jobs.actions import ask
from timebank.jobs.errors import JobStandsError
from timebank.jobs.rules import JobKind
from timebank.web.access import doing
from timebank.web.committing import committing
from timebank.web.extensions import db
from timebank.web.forms import ButtonForm, KeyedForm


def ask_for_job(kind: JobKind, wants: Mapping[str, object], form: KeyedForm | None = None) -> Response:
    """Ask for a job; redirect to its page, or to that of the open one of its kind, with the sentence that says so."""
    code = ""
    with committing() as outcome:
        code = ask(db.session(), kind, wants, doing(form or ButtonForm()))
    if isinstance(outcome.refusal, JobStandsError):
        code = str(outcome.refusal.values["code"])
    return redirect(url_for("jobs.job", code=code) if code else url_for("jobs.jobs"), 303)
