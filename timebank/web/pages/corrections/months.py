"""Months: their figures by the day of posting, who signed them and who confirmed."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from flask import abort, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import clock
from timebank.actors import Doing
from timebank.corrections import months as actions, rules
from timebank.corrections.access import get_visible_month
from timebank.corrections.figures import MonthFigures, differences
from timebank.corrections.month_queries import Month, list_bank_months, months_of, reckon_beside
from timebank.members.queries import list_membership_names
from timebank.web.access import allows, approvers, auditors, coordinators, doing
from timebank.web.approvers import depended_on
from timebank.web.committing import committing, press
from timebank.web.extensions import db
from timebank.web.filters import hours_short
from timebank.web.forms import ButtonForm
from timebank.web.pages.corrections import blueprint
from timebank.web.pages.corrections.figure_words import label_figures
from timebank.web.pages.corrections.forms import RefusalForm, SignForm
from timebank.web.spreadsheet import send


@blueprint.get("/audit/months")
@allows(auditors)
def months() -> str:
    """List every month with its figures and the state of its sign-off, newest first."""
    months = list_bank_months(db.session(), g.bank, clock.now())
    return render_template("corrections/months.html", months=months)


@blueprint.get("/audit/months/<month:month>")
@allows(auditors)
def month(month: date) -> str:
    """Show a month: its figures as signed, and whether the books still have the same."""
    status = _month(month)
    signed, waits_for = status.signed, status.waiting.signed_by if status.waiting else 0
    waits = status.waiting is not None
    return render_template(
        "corrections/month.html",
        form=ButtonForm(),
        shown=status,
        figures=list(label_figures(signed or status.figures)),
        differing=differences(signed, status.figures) if signed else [],
        people=_people(status),
        may_sign=rules.may_propose(g.actor) and status.is_over and not signed,
        may_answer=waits and rules.may_confirm_month(g.actor, signed_by=waits_for, depends_on=depended_on()),
        may_withdraw=waits and rules.may_withdraw(g.actor, proposed_by=waits_for),
        depends_on=waits_for if waits and waits_for in depended_on() else None,
    )


@blueprint.get("/audit/months/<month:month>/figures.csv")
@allows(auditors)
def month_csv(month: date) -> Response:
    """Send the month's figures as a spreadsheet: the signed ones, else those of the books now."""
    status = _month(month)
    return send(f"month-{month:%Y-%m}-{g.bank.slug}.csv", _cells(status.signed or status.figures))


@blueprint.route("/audit/months/<month:month>/signature", methods=["GET", "POST"])
@allows(coordinators)
def sign(month: date) -> str | Response:
    """Look at the figures, and sign them with a few words."""
    _known(month)
    form = SignForm()
    if form.validate_on_submit():
        figures = reckon_beside(db.session(), g.bank.id, month, g.bank.time_zone)
        with committing(form) as outcome:
            actions.sign(db.session(), g.bank, month, figures, doing(form), words=form.words.data or "")
        if outcome.is_done:
            return redirect(url_for("corrections.month", month=month), 303)
    status = _month(month)
    if not form.is_submitted() and (status.signed or not status.is_over):
        return redirect(url_for("corrections.month", month=month))
    return render_template("corrections/sign.html", form=form, month=month, figures=list(label_figures(status.figures)))


@blueprint.post("/audit/months/<month:month>/confirmation")
@allows(approvers)
def confirm(month: date) -> Response:
    """Confirm as a second person, with the figures computed again."""

    def act(doing: Doing) -> None:
        session, bank = db.session(), g.bank
        figures = reckon_beside(session, bank.id, month, bank.time_zone)
        actions.confirm(session, bank, month, figures, doing)

    return _answer(month, act)


@blueprint.post("/audit/months/<month:month>/withdrawal")
@allows(coordinators)
def withdraw_month(month: date) -> Response:
    """Take one's own signature back."""
    return _answer(month, lambda doing: actions.withdraw(db.session(), g.bank, month, doing))


@blueprint.route("/audit/months/<month:month>/refusal", methods=["GET", "POST"])
@allows(approvers)
def refuse_month(month: date) -> str | Response:
    """Turn a signature down, and say why."""
    _known(month)
    form = RefusalForm()
    if form.validate_on_submit():
        with committing(form) as outcome:
            actions.refuse(db.session(), g.bank, month, doing(form), reason=form.reason.data or "")
        if outcome.is_done:
            return redirect(url_for("corrections.month", month=month), 303)
    return render_template("corrections/refuse_month.html", form=form, month=month)


def _month(month: date) -> Month:
    return get_visible_month(db.session(), g.actor, g.bank, month, clock.now())


def _known(month: date) -> None:
    if month not in months_of(g.bank, clock.now()):
        abort(404)


def _people(status: Month) -> dict[int, str]:
    """Return the names of everybody who signed, confirmed or refused."""
    doers = [status.signed_off.recorded_by, status.signed_off.approved_by] if status.signed_off else []
    doers += [status.waiting.signed_by] if status.waiting else []
    doers += [status.refused.signed_by, status.refused.refused_by] if status.refused else []
    return list_membership_names(db.session(), g.bank.id, doers)


def _cells(figures: MonthFigures) -> Iterator[Sequence[str | int | None]]:
    yield _("Figure"), _("What it is"), _("Number or minutes"), _("Hours")
    yield "month", _("Month, by the day it was written down"), figures.month, None
    yield "time_zone", _("Time zone"), figures.time_zone, None
    for figure in label_figures(figures):
        hours = hours_short(figure.value).replace("\u00a0", " ") if figure.is_length else None
        yield figure.name, figure.label, figure.value, hours


def _answer(month: date, act: Callable[[Doing], None]) -> Response:
    _known(month)
    press(act, _("Done. It stands on this page who did it and when."))
    return redirect(url_for("corrections.month", month=month), 303)
