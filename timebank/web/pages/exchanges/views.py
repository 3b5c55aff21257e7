"""The page of an exchange, and a URL for each action."""

from collections.abc import Callable

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from timebank.actors import Actor, Doing, may_audit, may_see_all_exchanges
from timebank.bookkeeping.queries import get_account
from timebank.exchanges import access, actions, rules, thanks
from timebank.exchanges.confirming import confirm_at_once
from timebank.exchanges.errors import EvidenceMissingError
from timebank.exchanges.models import Exchange
from timebank.exchanges.queries import list_exchanges
from timebank.exchanges.rules import Snapshot, State
from timebank.holders.queries import list_names
from timebank.ledger.hours import round_up_to_step
from timebank.matching.turns import called_off
from timebank.web.access import allows, brokers, doing, members, members_who_exchange
from timebank.web.asked import asked_number
from timebank.web.committing import committing, press
from timebank.web.extensions import db
from timebank.web.forms import ButtonForm
from timebank.web.pages.exchanges import blueprint
from timebank.web.pages.exchanges.filing import filing_form
from timebank.web.pages.exchanges.forms import (
    AgreementForm,
    DecidedForm,
    DisputeForm,
    ThanksForm,
    WordGivenForm,
)
from timebank.web.pages.exchanges.story import tell


@blueprint.get("/exchanges")
@allows(members)
def exchanges() -> str:
    """One's own exchanges; those who look after the bank see all."""
    sees_all = may_see_all_exchanges(g.actor)
    state_asked = request.args.get("state", "")
    state = State(state_asked) if state_asked in set(State) else None
    page = list_exchanges(
        db.session(),
        g.bank.id,
        account_id=None if sees_all else g.actor.account_id,
        state=state,
        below=asked_number("below"),
    )
    sides = [row.giver_account_id for row in page.rows] + [row.receiver_account_id for row in page.rows]
    names = list_names(db.session(), g.bank.id, sides)
    return render_template(
        "exchanges/exchanges.html", page=page, names=names, state=state, states=list(State), sees_all=sees_all
    )


@blueprint.get("/exchanges/<code:code>")
@allows(members)
def exchange(code: str) -> str:
    """Show an exchange: its sides, what, when, how long, its history, and what the reader may do."""
    exchange = access.get_visible(db.session(), g.actor, code)
    return _page(exchange)


@blueprint.get("/exchanges/<code:code>/done")
@allows(members)
def done(code: str) -> str:
    """Show what happens next after an action, with the exchange's code."""
    exchange = access.get_visible(db.session(), g.actor, code)
    return render_template("exchanges/done.html", **tell(exchange, g.actor))


@blueprint.post("/exchanges/<code:code>/thanks")
@allows(members_who_exchange)
def thank(code: str) -> str | Response:
    """Send a line of thanks to the other side."""
    exchange = access.get_own(db.session(), g.actor, code)
    form = ThanksForm()
    if form.validate_on_submit():
        with committing(form, form.words) as outcome:
            thanks.thank(db.session(), code, doing(form), words=_words(form.words.data))
        if outcome.is_done:
            flash(_("Your thanks are sent."))
            return redirect(url_for("exchanges.exchange", code=code), 303)
    return _page(exchange, thanks_form=form)


#: What the form of a decision says once it was looked at again.
CHECKED = "yes"
#: And what it says where the broker wants to change it first.
AGAIN = "again"
#: A deed that needs nothing but the exchange, who does it and when.
Verb = Callable[..., None]


@blueprint.post("/exchanges/<code:code>/acceptance")
@allows(members_who_exchange)
def accept(code: str) -> Response:
    """Accept a proposal."""
    return _do(code, actions.accept, rules.may_accept)


@blueprint.post("/exchanges/<code:code>/declining")
@allows(members_who_exchange)
def decline(code: str) -> Response:
    """Decline a proposal."""
    return _do(code, actions.decline, rules.may_accept)


@blueprint.post("/exchanges/<code:code>/cancellation")
@allows(members_who_exchange)
def cancel(code: str) -> Response:
    """Withdraw a proposal, or cancel what was agreed."""
    return _do(code, _cancel, rules.may_cancel)


def _cancel(session: Session, code: str, doing: Doing) -> None:
    """Cancel it, and let a broker look for another helper where it came of an invitation."""
    actions.cancel(session, code, doing)
    called_off(session, g.bank, code, now=doing.now)


@blueprint.route("/exchanges/<code:code>/confirmation", methods=["GET", "POST"])
@allows(members_who_exchange)
def confirm(code: str) -> str | Response:
    """Check what the other side recorded, with one's own balance before and after, then confirm it."""
    exchange = access.get_own(db.session(), g.actor, code)
    form = WordGivenForm()
    if form.validate_on_submit():
        with committing(form, {EvidenceMissingError: form.evidence}) as outcome:
            _confirm(code, doing(form, g.actor.with_evidence(form.evidence.data)))
        if outcome.is_done:
            return redirect(url_for("exchanges.done", code=code), 303)
    elif not rules.may_confirm(exchange.snapshot(), g.actor):
        return redirect(url_for("exchanges.exchange", code=code))
    return render_template("exchanges/confirm.html", form=form, minutes=exchange.minutes, **_before(exchange))


def _confirm(code: str, doing: Doing) -> None:
    """Confirm in one database call where the shortcut applies (decision 21), else in this transaction."""
    with db.alone() as alone:
        if confirm_at_once(alone, code, doing):
            return
    actions.confirm(db.session(), code, doing)


@blueprint.route("/exchanges/<code:code>/dispute", methods=["GET", "POST"])
@allows(members_who_exchange)
def dispute(code: str) -> str | Response:
    """Dispute what the other side recorded; no hours move."""
    exchange = access.get_own(db.session(), g.actor, code)
    form = DisputeForm()
    if form.validate_on_submit():
        by, words = g.actor.with_evidence(form.evidence.data), _words(form.words.data)
        with committing(form) as outcome:
            actions.dispute(db.session(), code, doing(form, by), words=words, minutes=form.how_long.minutes)
        if outcome.is_done:
            return redirect(url_for("exchanges.done", code=code), 303)
    elif not form.is_submitted() and not rules.may_dispute(exchange.snapshot(), g.actor):
        return redirect(url_for("exchanges.exchange", code=code))
    return render_template("exchanges/dispute.html", form=form, **_before(exchange))


@blueprint.route("/exchanges/<code:code>/agreement", methods=["GET", "POST"])
@allows(members_who_exchange)
def agree(code: str) -> str | Response:
    """End a dispute by agreeing to what the other side says."""
    exchange = access.get_own(db.session(), g.actor, code)
    minutes = rules.agreeable_minutes(exchange.snapshot(), g.actor)
    form = AgreementForm(minutes=minutes)
    typed = str((form.minutes.raw_data or [""])[0])  # what the page showed, not what it would show now
    if form.validate_on_submit() and typed.isascii() and typed.isdecimal():
        by = g.actor.with_evidence(form.evidence.data)
        with committing(form, {EvidenceMissingError: form.evidence}) as outcome:
            actions.agree(db.session(), code, doing(form, by), minutes=int(typed[:5]))
        if outcome.is_done:
            return redirect(url_for("exchanges.done", code=code), 303)
    elif minutes is None:
        return redirect(url_for("exchanges.exchange", code=code), 303)
    return render_template("exchanges/agree.html", form=form, minutes=minutes or 0, **_before(exchange))


@blueprint.route("/exchanges/<code:code>/decision", methods=["GET", "POST"])
@allows(brokers)
def decide(code: str) -> str | Response:
    """End a dispute as a broker who took no part, with a reason that both read."""
    exchange, hands = access.get_to_decide(db.session(), g.actor, code)
    form = DecidedForm()
    checked, form.checked.data = form.checked.data, ""  # a change after the check page is checked again
    if checked != AGAIN and form.validate_on_submit():
        if checked != CHECKED:
            values = _both_after(exchange, form)
            return render_template("exchanges/decide_check.html", form=form, checked=CHECKED, again=AGAIN, **values)
        minutes, reason = form.how_long.minutes or 0, _words(form.reason.data)
        with committing(form) as outcome:
            actions.decide(db.session(), code, doing(form), minutes=minutes, reason=reason)
        if outcome.is_done:
            return redirect(url_for("exchanges.done", code=code), 303)
    elif not form.is_submitted() and not rules.may_decide(exchange.snapshot(), g.actor, hands=hands):
        return redirect(url_for("exchanges.exchange", code=code))
    return render_template("exchanges/decide.html", form=form, **tell(exchange, g.actor))


def _both_after(exchange: Exchange, form: DecidedForm) -> dict[str, object]:
    """Return the page's values, with (name, minutes before, minutes after) of each side."""
    minutes = round_up_to_step(form.how_long.minutes or 0)
    values = tell(exchange, g.actor)
    giver = get_account(db.session(), g.bank.id, exchange.giver_account_id).balance
    receiver = get_account(db.session(), g.bank.id, exchange.receiver_account_id).balance
    names = list_names(db.session(), g.bank.id, [exchange.giver_account_id, exchange.receiver_account_id])
    changes = [
        (names[exchange.giver_account_id][0], giver, giver + minutes),
        (names[exchange.receiver_account_id][0], receiver, receiver - minutes),
    ]
    return {**values, "minutes": minutes, "changes": changes}


def _page(exchange: Exchange, **changed: object) -> str:
    """Render the page of an exchange; `changed` are values of a refused form."""
    values = {
        **tell(exchange, g.actor),
        "filing": filing_form(exchange),
        "reads_entries": may_audit(g.actor),
        **changed,
    }
    return render_template("exchanges/exchange.html", form=ButtonForm(), **values)


def _words(text: str | None) -> str:
    return (text or "").strip()


def _before(exchange: Exchange) -> dict[str, object]:
    """Return the page's values, with the reader's account."""
    account = get_account(db.session(), g.bank.id, g.actor.account_id)
    return {**tell(exchange, g.actor), "account": account}


def _do(code: str, verb: Verb, may: Callable[[Snapshot, Actor], bool]) -> Response:
    """Do the action of a button, and redirect to the exchange."""
    exchange = access.get_own(db.session(), g.actor, code)
    is_new = may(exchange.snapshot(), g.actor)  # else the form was sent before, and the page says how it stands
    thanks = _("Done. The other person sees it on their page.") if is_new else ""
    press(lambda doing: verb(db.session(), code, doing), thanks)
    return redirect(url_for("exchanges.exchange", code=code), 303)
