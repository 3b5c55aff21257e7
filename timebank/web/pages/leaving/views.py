"""Somebody leaves: where the hours go, why, a page that checks it all, and what was done."""

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.bookkeeping.closings import list_closings
from timebank.bookkeeping.queries import StatementFilter, list_statement
from timebank.errors import TimebankError
from timebank.exchanges.errors import UnfinishedError
from timebank.holders.queries import list_names
from timebank.leaving import actions
from timebank.leaving.rules import Departure
from timebank.ledger.entries import EntryKind
from timebank.listings.queries import list_of_member
from timebank.members.errors import StandingMovedError
from timebank.spelling import is_blank
from timebank.web.access import allows, brokers, doing
from timebank.web.asked import asked_words
from timebank.web.committing import committing
from timebank.web.extensions import db
from timebank.web.filters import today
from timebank.web.forms import SelectChoice
from timebank.web.pages.leaving import blueprint
from timebank.web.pages.leaving.case import POT, Case, Destination, find_destination, get_case, list_takers
from timebank.web.pages.leaving.forms import ReasonForm, WhereForm
from timebank.web.sentences import say

AGAIN = "again"


@blueprint.route("/members/<code:code>/leaving", methods=["GET", "POST"])
@allows(brokers)
def where(code: str) -> str | Response:
    """Where the hours go. At zero and below it there is nothing to ask; what is unfinished comes first."""
    case = get_case(code)
    if case.is_settled:
        return _on("leaving.done", code)
    if case.unfinished:
        return render_template("leaving/unfinished.html", case=case)
    if case.account.balance <= 0:
        return _on("leaving.why", code)
    form, codes = _where_form(case)
    if form.validate_on_submit():
        word = _chosen(form, codes)
        if word is not None:
            return _on("leaving.why", code, to=word)
    return render_template("leaving/where.html", form=form, case=case)


def _where_form(case: Case) -> tuple[WhereForm, list[str]]:
    """Return the form with the pot and the matches of the typed words, and the codes of the matches."""
    form = WhereForm()
    words = (form.words.data or "").strip()
    before = asked_words("to")
    takers = list_takers(case, words) if words else []
    if not words and before not in {"", POT}:
        destination = find_destination(case, before)
        takers = [(destination.to.code, destination.name)] if destination and destination.to else []
    form.to.choices = [
        SelectChoice(POT, _("The community pot, for everybody")),
        *(SelectChoice(*taker) for taker in takers),
    ]
    if not form.is_submitted():
        form.to.data = takers[0][0] if takers else POT
    return form, [code for code, _name in takers]


def _chosen(form: WhereForm, codes: list[str]) -> str | None:
    """Return the chosen code or the pot, where a typed name overrides the pot; None with an error at a field."""
    if form.to.data in codes:
        return str(form.to.data)
    if is_blank(form.words.data):
        if form.to.data == POT:
            return POT
        form.to.errors = [_("Choose where the hours go.")]
    elif len(codes) == 1:
        return codes[0]
    elif codes:
        form.to.data = None  # the pot was pressed in by us: now it is theirs to choose
        form.words.errors = [_("More than one person is called that. Choose one below.")]
    else:
        form.words.errors = [_("Nobody who can have these hours is called that. Try the first name alone.")]
    return None


@blueprint.route("/members/<code:code>/leaving/reason", methods=["GET", "POST"])
@allows(brokers)
def why(code: str) -> str | Response:
    """Why; then a page to check, and its button does all of it at once."""
    case = get_case(code)
    destination = find_destination(case, asked_words("to"))
    if case.is_settled or case.unfinished or destination is None:
        return _on("leaving.done" if case.is_settled else "leaving.where", code)
    form = ReasonForm()
    checked, form.checked.data = form.checked.data, ""  # a change after the check page is checked again
    if checked == AGAIN or not form.validate_on_submit():
        return render_template("leaving/why.html", form=form, case=case, destination=destination)
    if checked == case.deed and form.shown_balance is not None:
        with committing(form) as outcome:
            _do(case, destination, form, form.shown_balance)
        if outcome.refusal is not None:
            return _refused(code, form, outcome.refusal)
        return _on("leaving.done", code)
    return _check(case, destination, form)


def _do(case: Case, destination: Destination, form: ReasonForm, balance: int) -> None:
    going = Departure(balance, (form.reason.data or "").strip(), destination.to)
    verb = {"leave": actions.leave, "settle": actions.settle}[case.deed]
    verb(db.session(), g.bank, case.member, going, doing(form))


def _refused(code: str, form: ReasonForm, error: TimebankError) -> str | Response:
    """Return the page where a refusal can be put right: the check page with new values, or the member's page."""
    case = get_case(code)
    destination = find_destination(case, asked_words("to"))
    if isinstance(error, UnfinishedError) or destination is None:
        return _on("leaving.where", code)
    if isinstance(error, StandingMovedError) or case.is_settled:
        flash(say(error))
        return _on("members.member", code)
    return _check(case, destination, form)


def _check(case: Case, destination: Destination, form: ReasonForm) -> str:
    balance = case.account.balance
    form.balance.data = str(balance)
    changes = [(case.member.name, balance, 0), (destination.name, destination.before, destination.before + balance)]
    listed = list_of_member(db.session(), g.bank.id, case.member.membership_id, today=today())
    return render_template(
        "leaving/check.html",
        form=form,
        case=case,
        destination=destination,
        changes=changes if balance else [],
        listings=sum(not row.is_closed for row in listed),
        again=AGAIN,
    )


@blueprint.get("/members/<code:code>/leaving/done")
@allows(brokers)
def done(code: str) -> str | Response:
    """Show what was done; redirects to the member's page for a member who has not left."""
    case = get_case(code)
    if not case.is_settled:
        return _on("members.member", code)
    session, account_id = db.session(), case.account.id
    newest = list_statement(session, g.bank.id, account_id, StatementFilter(), size=1).rows
    closing = list_closings(session, g.bank.id, account_id)[-1]
    moved = [row for row in newest if row.kind == EntryKind.LEAVING and row.recorded_at == closing.recorded_at]
    names = list_names(session, g.bank.id, [row.other_account for row in moved])
    return render_template("leaving/done.html", case=case, moved=moved[0] if moved else None, names=names)


def _on(endpoint: str, code: str, *, to: str | None = None) -> Response:
    """Redirect to another page: 303 after a form, 302 where this page has nothing to ask."""
    return redirect(url_for(endpoint, code=code, to=to), 303 if request.method == "POST" else 302)
