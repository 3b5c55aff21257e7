"""Views that import a file of offers and requests: upload, preview, and asking for the job."""

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.interchange.listings import COLUMNS
from timebank.jobs.errors import FileGoneError
from timebank.jobs.rules import JobKind
from timebank.listings.rules import MOST_CATEGORIES
from timebank.web.access import allows, coordinators
from timebank.web.asking_for_jobs import ask_for_job
from timebank.web.extensions import db
from timebank.web.pages.imports import blueprint
from timebank.web.pages.imports.forms import LARGEST_KB, BringInForm, SheetForm
from timebank.web.pages.imports.kept_sheets import keep, read_plan, token_of
from timebank.web.pages.imports.problem_words import find_problems


@blueprint.route("/imports/listings", methods=["GET", "POST"])
@allows(coordinators)
def listings() -> str | Response:
    """Take a file of offers and requests, or say what is wrong with it. Nothing is stored but a good file."""
    form, problems = SheetForm(), None
    if form.validate_on_submit():
        problems = find_problems(form.sheet.data, g.bank.slug)
        if problems is None:
            return redirect(url_for("imports.plan", token=keep(form.sheet.data)), 303)
    return render_template("imports/listings.html", form=form, problems=problems, columns=COLUMNS, kilobytes=LARGEST_KB)


@blueprint.route("/imports/listings/<token:token>", methods=["GET", "POST"])
@allows(coordinators)
def plan(token: str) -> str | Response:
    """Say what the file would bring; ask the worker to bring it in."""
    form, file_token = BringInForm(), token_of(token)
    if form.validate_on_submit():
        return ask_for_job(JobKind.IMPORT_LISTINGS, {"file": file_token}, form)
    try:
        import_plan = read_plan(db.session(), file_token)
    except FileGoneError:
        flash(_("The file is not here any more. Choose it again."))
        return redirect(url_for("imports.listings"), 303)
    return render_template("imports/plan.html", form=form, plan=import_plan, most=MOST_CATEGORIES)
