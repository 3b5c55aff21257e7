"""Words for jobs: their kinds, states and progress, and why one failed."""

from flask_babel import gettext as _, ngettext

from timebank.interchange.formats import FileFormat
from timebank.jobs.queries import JobRow
from timebank.jobs.rules import JobFailure, JobKind, JobState, JobStep
from timebank.web.filters import thousands

#: The look of the tag of a state.
LOOKS = {
    JobState.QUEUED: "waiting",
    JobState.RUNNING: "asks",
    JobState.DONE: "done",
    JobState.FAILED: "wrong",
    JobState.CANCELLED: "over",
}


def job_words(kind: str) -> str:
    """Return what a job does, as a title."""
    words = {
        JobKind.CHECK_BOOKS: _("Checking the books"),
        JobKind.EXPORT_BOOKS: _("Writing the books into a file"),
        JobKind.SEND_PLAN: _("Asking who could help, for many requests"),
        JobKind.IMPORT_LISTINGS: _("Bringing in offers and requests"),
    }
    return str(words[JobKind(kind)])


def job_state_words(state: str) -> str:
    """Return the words for a job's state."""
    words = {
        JobState.QUEUED: _("Waits"),
        JobState.RUNNING: _("Being done"),
        JobState.DONE: _("Done"),
        JobState.FAILED: _("Did not work"),
        JobState.CANCELLED: _("Called off"),
    }
    return str(words[JobState(state)])


def job_look(state: str) -> str:
    """Return the look of the tag of a state."""
    return LOOKS[JobState(state)]


def progress_words(job: JobRow) -> str:
    """Return how far a job is: '412 of 1,000 entries'. Empty before it is known."""
    if job.total_steps is None or job.step is None:
        return ""
    done, total = thousands(job.done_steps), thousands(job.total_steps)
    of_what = {
        JobStep.CHECKS: ngettext(
            "%(done)s of %(total)s check", "%(done)s of %(total)s checks", job.total_steps, done=done, total=total
        ),
        JobStep.STORING: _("All checks are done. What was found is being stored."),
        JobStep.ENTRIES: ngettext(
            "%(done)s of %(total)s entry", "%(done)s of %(total)s entries", job.total_steps, done=done, total=total
        ),
        JobStep.REQUESTS: ngettext(
            "%(done)s of %(total)s request", "%(done)s of %(total)s requests", job.total_steps, done=done, total=total
        ),
        JobStep.LISTINGS: ngettext(
            "%(done)s of %(total)s line", "%(done)s of %(total)s lines", job.total_steps, done=done, total=total
        ),
    }
    return str(of_what[JobStep(job.step)])


def failure_words(failure: str) -> str:
    """Return why a job failed, and what to do about it."""
    words = {
        JobFailure.BOOKS_NOT_IN_ORDER: _(
            "The books are not whole, so they cannot be written in order. Check the books: that finds the row."
        ),
        JobFailure.NOT_ALLOWED: _(
            "Whoever asked for this may not do it any more, so it was not done. Somebody who may can ask for it again."
        ),
        JobFailure.NO_SPACE: _(
            "The server has no room left for the file. Tell whoever looks after it, and ask again once there is room."
        ),
        JobFailure.FILE_GONE: _(
            "The file was not there any more: it is kept for a day, and only until it was brought in. Choose it again."
        ),
        JobFailure.PROGRAM: _(
            "Something went wrong that we did not foresee. Try it once more; if it happens again, tell whoever looks "
            "after the server, with the number below."
        ),
        JobFailure.WORKER_DIED: _(
            "It was begun twice, and both times the worker stopped in the middle. Tell whoever looks after the server, "
            "with the number below."
        ),
    }
    return str(words[JobFailure(failure)])


def format_words(file_format: str) -> str:
    """Return what a format of an export is for."""
    words = {
        FileFormat.CSV: _("A spreadsheet (CSV)"),
        FileFormat.XLSX: _("A spreadsheet (Excel)"),
        FileFormat.JSON: _("For programs (JSON)"),
        FileFormat.HLEDGER: _("Plain-text accounting (hledger)"),
        FileFormat.BEANCOUNT: _("Plain-text accounting (beancount)"),
    }
    return str(words[FileFormat(file_format)])
