"""Pages of corrections: the list, one with its answers, and each answer."""

from collections.abc import Callable

from flask import g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.actors import Doing
from timebank.audit.rules import address_of
from timebank.bookkeeping.queries import get_entry
from timebank.corrections import actions, rules
from timebank.corrections.access import get_visible
from timebank.corrections.queries import lines_by_id, lines_of, list_corrections
from timebank.members.queries import list_membership_names
from timebank.web.access import allows, approvers, auditors, coordinators, doing
from timebank.web.accounts import find_moved_accounts
from timebank.web.approvers import depended_on
from timebank.web.asked import asked_number, asked_words
from timebank.web.book_words import kind_words
from timebank.web.committing import committing, press
from timebank.web.extensions import db
from timebank.web.forms import ButtonForm
from timebank.web.pages.corrections import blueprint
from timebank.web.pages.corrections.forms import RefusalForm

WAITING, ANSWERED = "waiting", "answered"


@blueprint.get("/audit/corrections")
@allows(auditors)
def corrections() -> str:
    """List the corrections that wait, or those that were answered."""
    shows = ANSWERED if asked_words("shows") == ANSWERED else WAITING
    page = list_corrections(db.session(), g.bank.id, waits=shows == WAITING, below=asked_number("below"))
    lines = lines_by_id(db.session(), g.bank.id, page.rows)
    doers = {doer for row in page.rows for doer in (row.proposed_by, row.approved_by, row.refused_by)}
    return render_template(
        "corrections/corrections.html",
        shows=shows,
        may_propose=rules.may_propose(g.actor),
        page=page,
        lines=lines,
        names=find_moved_accounts([line for some in lines.values() for line in some]).names,
        people=list_membership_names(db.session(), g.bank.id, sorted(doer for doer in doers if doer)),
    )


@blueprint.get("/corrections/<code:code>")
@allows(auditors)
def correction(code: str) -> str:
    """Show a correction: what it would move or has moved, why, who proposed it and who answered."""
    correction = get_visible(db.session(), g.actor, code)
    lines = lines_of(db.session(), correction)
    accounts, waits = find_moved_accounts(lines), correction.closed_at is None
    first = get_entry(db.session(), g.bank.id, correction.entry_id) if correction.entry_id is not None else None
    doers = (correction.proposed_by, correction.approved_by, correction.refused_by)
    return render_template(
        "corrections/correction.html",
        form=ButtonForm(),
        correction=correction,
        lines=lines,
        names=accounts.names,
        changes=accounts.changes(lines) if waits else [],
        too_low=accounts.too_low(lines) if waits and first is None else [],
        first=first,
        first_address=address_of(first.entry.key) if first else None,
        people=list_membership_names(db.session(), g.bank.id, doers),
        may_answer=waits
        and rules.may_answer(
            g.actor,
            proposed_by=correction.proposed_by,
            accounts=rules.accounts_of(lines),
            depends_on=depended_on(),
        ),
        may_withdraw=waits and rules.may_withdraw(g.actor, proposed_by=correction.proposed_by),
        depends=waits and correction.proposed_by in depended_on(),
        kind_words=kind_words,
    )


@blueprint.post("/corrections/<code:code>/approval")
@allows(approvers)
def approve(code: str) -> Response:
    """Approve as a second pair of eyes: the hours move."""
    return _answer(code, lambda doing: actions.approve(db.session(), g.bank, code, doing))


@blueprint.post("/corrections/<code:code>/withdrawal")
@allows(coordinators)
def withdraw(code: str) -> Response:
    """Take one's own proposal back."""
    return _answer(code, lambda doing: actions.withdraw(db.session(), code, doing))


@blueprint.route("/corrections/<code:code>/refusal", methods=["GET", "POST"])
@allows(approvers)
def refuse(code: str) -> str | Response:
    """Turn it down, and say why."""
    correction = get_visible(db.session(), g.actor, code)
    form = RefusalForm()
    if form.validate_on_submit():
        with committing(form) as outcome:
            actions.refuse(db.session(), code, doing(form), reason=form.reason.data or "")
        if outcome.is_done:
            return redirect(url_for("corrections.correction", code=code), 303)
    return render_template("corrections/refuse.html", form=form, code=correction.code, reason=correction.reason)


def _answer(code: str, act: Callable[[Doing], None]) -> Response:
    get_visible(db.session(), g.actor, code)
    press(act, _("Done. It stands on this page who did it and when."))
    return redirect(url_for("corrections.correction", code=code), 303)
