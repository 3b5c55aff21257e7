"""Do the books balance? The last checks, the figures of the bank, and asking for another check."""

from flask import abort, g, render_template
from werkzeug.wrappers import Response

from timebank import clock
from timebank.audit.queries import LAST_CHECKS, find_check, list_checks, overview
from timebank.audit.rules import Group
from timebank.exchanges.rules import State
from timebank.jobs.queries import find_open
from timebank.jobs.rules import JobKind
from timebank.members.queries import list_membership_names
from timebank.web.access import allows, auditors
from timebank.web.asked import asked_number
from timebank.web.asking_for_jobs import ask_for_job
from timebank.web.check_words import check_words, unit_words
from timebank.web.extensions import db
from timebank.web.forms import ButtonForm
from timebank.web.job_words import progress_words
from timebank.web.pages.audit import blueprint

#: More checks than there will ever be; the database counts no further than so many times a page.
_MOST = 10**12


@blueprint.get("/audit")
@allows(auditors)
def books() -> str:
    """Show the newest check's verdict, the sum of all accounts, and figures that link to their rows."""
    figures = overview(db.session(), g.bank, now=clock.now())
    checks = list_checks(db.session(), g.bank.id, size=LAST_CHECKS).rows
    newest = checks[0] if checks else None
    return render_template(
        "audit/books.html",
        form=ButtonForm(),
        figures=figures,
        checks=checks,
        newest=newest,
        job=find_open(db.session(), g.bank.id, JobKind.CHECK_BOOKS),
        progress_words=progress_words,
        # Only what was checked is called right; a sum that is off is never hidden by a check of yesterday.
        balances=bool(newest and newest.is_right) and figures.books.total_minutes == 0,
        states=list(State),
        disputed=State.DISPUTED,
        groups=Group,
        check_words=check_words,
        unit_words=unit_words,
    )


@blueprint.get("/audit/checks")
@allows(auditors)
def checks() -> str:
    """List every stored run of the checks: when, by whom, its verdict, how many rows and how long it took."""
    page = list_checks(db.session(), g.bank.id, page=min(asked_number("page") or 1, _MOST))
    people = list_membership_names(db.session(), g.bank.id, [check.asked_by for check in page.rows])
    return render_template("audit/checks.html", page=page, people=people, form=ButtonForm())


@blueprint.get("/audit/checks/<string:ordinal>")
@allows(auditors)
def check(ordinal: str) -> str:
    """Show a run's findings, check by check; `ordinal` counts the runs from 1."""
    counted = ordinal.isascii() and ordinal.isdigit()
    check = find_check(db.session(), g.bank.id, min(int(ordinal[:20]), _MOST)) if counted else None
    if check is None:
        abort(404)
    return render_template(
        "audit/check.html",
        check=check,
        people=list_membership_names(db.session(), g.bank.id, [check.asked_by]),
        check_words=check_words,
        unit_words=unit_words,
    )


@blueprint.post("/audit/checks")
@allows(auditors)
def check_now() -> Response:
    """Ask the worker to check the books."""
    return ask_for_job(JobKind.CHECK_BOOKS, {})
