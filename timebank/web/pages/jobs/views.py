"""The pages of jobs. A plain reload shows how far one is; a page reloads by itself only where its reader asks it to."""

from flask import current_app, g, make_response, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import clock
from timebank.clock import local_day
from timebank.jobs import access, actions, files
from timebank.jobs.queries import JobRow, list_jobs
from timebank.jobs.rules import CLAIM, KEPT, SILENT, WAITS_LONG, JobKind, may_ask, may_cancel
from timebank.members.queries import list_membership_names
from timebank.web.access import allows, doing, keepers
from timebank.web.asked import asked_number
from timebank.web.attachments import attach
from timebank.web.committing import committing, press
from timebank.web.extensions import db
from timebank.web.forms import ButtonForm
from timebank.web.job_words import failure_words, format_words, job_look, job_state_words, job_words, progress_words
from timebank.web.pages.jobs import blueprint
from timebank.web.pages.jobs.outcomes import list_refused

#: Seconds between two looks of a page that looks by itself.
_LOOKS_EVERY = 10
_SUFFIXES = {"json": "jsonl", "hledger": "journal"}


@blueprint.get("/jobs")
@allows(keepers)
def jobs() -> str:
    """List the jobs of the last days that the reader may see, newest first."""
    kinds = [kind for kind in JobKind if may_ask(g.actor, kind)]
    page = list_jobs(db.session(), g.bank.id, kinds, below=asked_number("below"))
    return render_template(
        "jobs/jobs.html",
        page=page,
        people=list_membership_names(db.session(), g.bank.id, [job.asked_by for job in page.rows]),
        job_words=job_words,
        state_words=job_state_words,
        look=job_look,
        progress_words=progress_words,
        days=KEPT.days,
    )


@blueprint.get("/jobs/<code:code>")
@allows(keepers)
def job(code: str) -> Response:
    """Show what a job is, how far it is and what came of it; `?looks=again` reloads it while it is under way."""
    job, now = access.get_visible(db.session(), g.actor, code), clock.now()
    looks_again = job.is_open and request.args.get("looks") == "again"
    answer = make_response(
        render_template(
            "jobs/job.html",
            job=job,
            form=ButtonForm(),
            may_cancel=job.is_open and may_cancel(g.actor, job.job_kind, asked_by=job.asked_by),
            people=list_membership_names(db.session(), g.bank.id, [job.asked_by]),
            refused=list_refused(db.session(), g.bank.id, job),
            looks_again=looks_again,
            waits_long=job.is_queued and now - job.asked_at > WAITS_LONG,
            is_silent=job.seen_at is not None and now - job.seen_at > SILENT,
            kept_until=job.ended_at + KEPT if job.ended_at else None,
            seconds=_LOOKS_EVERY,
            minutes=CLAIM.seconds // 60,
            words=_WORDS,
        )
    )
    if looks_again:
        answer.headers["Refresh"] = str(_LOOKS_EVERY)
    return answer


_WORDS = {
    "kind": job_words,
    "state": job_state_words,
    "look": job_look,
    "progress": progress_words,
    "failure": failure_words,
    "format": format_words,
}


@blueprint.post("/jobs/<code:code>/cancellation")
@allows(keepers)
def cancellation(code: str) -> Response:
    """Call a job off."""
    access.get_visible(db.session(), g.actor, code)
    thanks = _("It is called off. What was done until then stays done.")
    press(lambda doing: actions.cancel(db.session(), code, doing), thanks)
    return redirect(url_for("jobs.job", code=code), 303)


@blueprint.post("/jobs/<code:code>/file")
@allows(keepers)
def file(code: str) -> Response:
    """Send the file of a job, and write down who fetched it."""
    job, path = access.get_visible(db.session(), g.actor, code), None
    with committing():
        token = actions.fetch_file(db.session(), code, doing(ButtonForm()))
        path = files.find(current_app.config["JOB_FILES"], token)
    if path is None:
        return redirect(url_for("jobs.job", code=code), 303)
    answer = send_file(path, mimetype="application/octet-stream", max_age=0)
    attach(answer, _name_of(job))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _name_of(job: JobRow) -> str:
    """Return the name under which a browser saves the file: 'books-angus-2026-11-21.csv'."""
    file_format, day = str(job.wants["format"]), local_day(job.asked_at, g.bank.time_zone)
    return f"books-{g.bank.slug}-{day.isoformat()}.{_SUFFIXES.get(file_format, file_format)}"
