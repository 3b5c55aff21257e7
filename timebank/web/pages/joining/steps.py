"""An application's page: its history, the form of its next step, and a URL for each step."""

from collections.abc import Callable
from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.banks.queries import find_area_name
from timebank.errors import TimebankError
from timebank.joining import actions as joining, rules
from timebank.joining.access import get_visible
from timebank.joining.errors import StepNotNowError
from timebank.joining.models import Application
from timebank.joining.queries import list_application_steps, list_known
from timebank.joining.rules import ContactDetails, Progress, Stage, Step
from timebank.members.models import Membership, Person
from timebank.members.queries import list_membership_names
from timebank.spelling import isolated
from timebank.web.access import allows, brokers, doing
from timebank.web.committing import committing
from timebank.web.extensions import db
from timebank.web.forms import KeyedForm, tidy
from timebank.web.pages.joining import blueprint
from timebank.web.pages.joining.forms import (
    FORMS,
    AdmitForm,
    DeclineForm,
    InductionForm,
    InterviewForm,
    ReferenceForm,
    WithdrawForm,
)
from timebank.web.sentences import say


@blueprint.get("/applications/<code:code>")
@allows(brokers)
def application(code: str) -> str:
    """Who wants to join, how far it is, what was kept of each step, and what comes next."""
    return _show(get_visible(db.session(), g.actor, code))


@blueprint.post("/applications/<code:code>/interview")
@allows(brokers)
def interview(code: str) -> str | Response:
    """Record the interview."""
    return _step(code, InterviewForm(), joining.interview)


@blueprint.post("/applications/<code:code>/references")
@allows(brokers)
def take_reference(code: str) -> str | Response:
    """Record a reference."""
    form = ReferenceForm()
    return _step(code, form, joining.take_reference, referee=tidy(form.referee.data))


@blueprint.post("/applications/<code:code>/induction")
@allows(brokers)
def induct(code: str) -> str | Response:
    """Record the induction."""
    return _step(code, InductionForm(), joining.induct)


@blueprint.post("/applications/<code:code>/membership")
@allows(brokers)
def admit(code: str) -> str | Response:
    """Admit the applicant."""
    application, form = get_visible(db.session(), g.actor, code), AdmitForm()
    if not form.validate_on_submit():
        return _show(application, form)
    with committing(form) as outcome:
        member = joining.admit(db.session(), code, doing(form), proved=form.proved)
    if outcome.refusal is not None:
        return _refused(code, form, outcome.refusal)
    flash(_("%(name)s is a member now. Print a sign-in code if they want one.", name=isolated(application.name)))
    return redirect(url_for("members.member", code=member), 303)


@blueprint.route("/applications/<code:code>/refusal", methods=["GET", "POST"])
@allows(brokers)
def decline(code: str) -> str | Response:
    """Decline an application, with a reason."""
    return _end(code, DeclineForm(), "joining/decline.html")


@blueprint.route("/applications/<code:code>/withdrawal", methods=["GET", "POST"])
@allows(brokers)
def withdraw(code: str) -> str | Response:
    """Record that the applicant does not want to join any more."""
    return _end(code, WithdrawForm(), "joining/withdraw.html")


def _step(code: str, form: KeyedForm, verb: Callable[..., None], **words_by_name: str) -> str | Response:
    """Take a step from its form on the application's page, and come back to it for the next one."""
    application = get_visible(db.session(), g.actor, code)
    if not form.validate_on_submit():
        return _show(application, form)
    with committing(form) as outcome:
        verb(db.session(), code, doing(form), words=(form["words"].data or "").strip(), **words_by_name)
    if outcome.refusal is not None:
        return _refused(code, form, outcome.refusal)
    return redirect(url_for("joining.application", code=code), 303)


def _end(code: str, form: DeclineForm | WithdrawForm, template: str) -> str | Response:
    """Show the page of a step that ends an application, and take it."""
    application = get_visible(db.session(), g.actor, code)
    if form.validate_on_submit():
        words = (form.words.data or "").strip()
        with committing(form) as outcome:
            if isinstance(form, DeclineForm):
                joining.decline(db.session(), code, doing(form), reason=words)
            else:
                joining.withdraw(db.session(), code, doing(form), words=words)
        if outcome.is_done:
            return redirect(url_for("joining.application", code=code), 303)
        if isinstance(outcome.refusal, StepNotNowError):
            return _refused(code, form, outcome.refusal)
    elif Stage(application.stage) not in rules.OPEN_STAGES:
        return redirect(url_for("joining.application", code=code))
    return render_template(template, form=form, application=application)


def _refused(code: str, form: KeyedForm, error: TimebankError) -> str | Response:
    """Return the page with the refused form; where the application has moved on, the page as it stands now."""
    if isinstance(error, StepNotNowError):
        flash(say(error))
        return redirect(url_for("joining.application", code=code), 303)
    return _show(get_visible(db.session(), g.actor, code), form)


def _show(application: Application, form: KeyedForm | None = None) -> str:
    """Render the application's page; `form` is the submitted form with errors, None for a new one."""
    session = db.session()
    steps = list_application_steps(session, g.bank.id, application.id)
    referees = tuple(step.referee for step in steps if step.referee)
    progress = Progress(Stage(application.stage), referees, g.bank.references_needed)
    applicant = ContactDetails(application.name, application.email, application.phone)
    own = session.get_one(Person, g.actor.person_id)
    may_handle = rules.may_handle(g.actor, applicant, ContactDetails(own.name, own.email, own.phone))
    step = rules.next_step(progress)
    if form is None or step is None or not isinstance(form, FORMS[step]):
        form = FORMS[step or Step.ADMIT](formdata=None)
    values: dict[str, Any] = {
        "progress": progress,
        "area": find_area_name(session, g.bank.id, application.area_id),
        "steps": steps,
        "actors": list_membership_names(session, g.bank.id, [step_row.done_by for step_row in steps]),
        "known": list_known(session, g.bank.id, applicant) if progress.is_open else [],
        "member_code": _code_of_member(application.membership_id),
        "may_handle": may_handle,
        "next": step if may_handle else None,
        "form": form,
    }
    return render_template("joining/application.html", application=application, **values)


def _code_of_member(membership_id: int | None) -> str | None:
    return None if membership_id is None else db.session.get_one(Membership, (g.bank.id, membership_id)).code
