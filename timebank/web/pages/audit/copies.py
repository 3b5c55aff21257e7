"""The books of the bank as a file, which the worker writes."""

from flask import render_template
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response
from wtforms import BooleanField, RadioField

from timebank.interchange.formats import FileFormat
from timebank.jobs.rules import JobKind
from timebank.web.access import allows, auditors
from timebank.web.asking_for_jobs import ask_for_job
from timebank.web.forms import KeyedForm, SelectChoice
from timebank.web.job_words import format_words
from timebank.web.pages.audit import blueprint


class CopyForm(KeyedForm):
    """In which format, and whether with names."""

    file_format = RadioField(_("Which kind of file?"), default=FileFormat.CSV.value)
    with_names = BooleanField(
        _("With the names of people and the words of entries"),
        description=_("Without names, members are shown by number, and the file can be shown to others."),
    )

    def __init__(self) -> None:
        super().__init__()
        self.file_format.choices = [SelectChoice(name.value, format_words(name)) for name in FileFormat]


@blueprint.route("/audit/file", methods=["GET", "POST"])
@allows(auditors)
def books_file() -> str | Response:
    """Ask for all entries of the bank in one file."""
    form = CopyForm()
    if form.validate_on_submit():
        wants = {"format": form.file_format.data, "with_names": bool(form.with_names.data)}
        return ask_for_job(JobKind.EXPORT_BOOKS, wants, form)
    return render_template("audit/books_file.html", form=form)
