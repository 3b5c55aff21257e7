"""The page of an exchange, and one address for each deed."""

from collections.abc import Callable

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.actors import Actor, Doing, may_audit, may_see_all_exchanges
from timebank.bookkeeping.queries import get_account
from timebank.exchanges import access, actions, rules, thanks
from timebank.exchanges.confirming import confirm_at_once
from timebank.exchanges.errors import EvidenceMissingError
from timebank.exchanges.models import Exchange
from timebank.exchanges.queries import list_exchanges
from timebank.exchanges.rules import Standing, State
from timebank.holders.queries import list_names
from timebank.ledger.hours import round_up_to_step
from timebank.web.access import allows, brokers, doing, members, members_who_exchange
from timebank.web.asked import asked_number
from timebank.web.committing import committing
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
    wanted = request.args.get("state", "")
    state = State(wanted) if wanted in {one.value for one in State} else None
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
    """All of one exchange: both sides, what, when, how long, what happened to it, and what can be done."""
    shown = access.get_visible(db.session(), g.actor, code)
    return _page(shown)


@blueprint.get("/exchanges/<code:code>/done")
@allows(members)
def done(code: str) -> str:
    """After a deed: a short reference, and what happens next."""
    shown = access.get_visible(db.session(), g.actor, code)
    return render_template("exchanges/done.html", **tell(shown, g.actor))


@blueprint.post("/exchanges/<code:code>/thanks")
@allows(members_who_exchange)
def thank(code: str) -> str | Response:
    """A line of thanks to the other side."""
    shown = access.get_own(db.session(), g.actor, code)
    form = ThanksForm()
    if form.validate_on_submit():
        with committing(form, form.words) as outcome:
            thanks.thank(db.session(), code, doing(form), words=_words(form.words.data))
        if outcome.is_done:
            flash(_("Your thanks are sent."))
            return redirect(url_for("exchanges.exchange", code=code), 303)
    return _page(shown, thanks_form=form)


#: What the form of a decision says once it was looked at again.
CHECKED = "yes"
#: And what it says where the broker wants to change it first.
AGAIN = "again"
#: A deed that needs nothing but the exchange, who does it and when.
Verb = Callable[..., None]


@blueprint.post("/exchanges/<code:code>/acceptance")
@allows(members_who_exchange)
def accept(code: str) -> Response:
    """Yes, I can."""
    return _do(code, actions.accept, rules.may_accept)


@blueprint.post("/exchanges/<code:code>/declining")
@allows(members_who_exchange)
def decline(code: str) -> Response:
    """Not this time."""
    return _do(code, actions.decline, rules.may_accept)


@blueprint.post("/exchanges/<code:code>/cancellation")
@allows(members_who_exchange)
def cancel(code: str) -> Response:
    """Take it back, or call it off."""
    return _do(code, actions.cancel, rules.may_cancel)


@blueprint.route("/exchanges/<code:code>/confirmation", methods=["GET", "POST"])
@allows(members_who_exchange)
def confirm(code: str) -> str | Response:
    """Check what the other side recorded, with one's own balance before and after, then confirm it."""
    shown = access.get_own(db.session(), g.actor, code)
    form = WordGivenForm()
    if form.validate_on_submit():
        with committing(form, {EvidenceMissingError: form.evidence}) as outcome:
            _confirm(code, doing(form, g.actor.with_evidence(form.evidence.data)))
        if outcome.is_done:
            return redirect(url_for("exchanges.done", code=code), 303)
    elif not rules.may_confirm(shown.standing(), g.actor):
        return redirect(url_for("exchanges.exchange", code=code))
    return render_template("exchanges/confirm.html", form=form, minutes=shown.minutes, **_before(shown))


def _confirm(code: str, doing: Doing) -> None:
    """Confirm in one call of its own where nothing is out of the ordinary, else as a part of this transaction."""
    with db.alone() as alone:
        if confirm_at_once(alone, code, doing):
            return
    actions.confirm(db.session(), code, doing)


@blueprint.route("/exchanges/<code:code>/dispute", methods=["GET", "POST"])
@allows(members_who_exchange)
def dispute(code: str) -> str | Response:
    """That is not right: say what, ask a person, move nothing."""
    shown = access.get_own(db.session(), g.actor, code)
    form = DisputeForm()
    if form.validate_on_submit():
        by, words = g.actor.with_evidence(form.evidence.data), _words(form.words.data)
        with committing(form) as outcome:
            actions.dispute(db.session(), code, doing(form, by), words=words, minutes=form.how_long.minutes)
        if outcome.is_done:
            return redirect(url_for("exchanges.done", code=code), 303)
    elif not form.is_submitted() and not rules.may_dispute(shown.standing(), g.actor):
        return redirect(url_for("exchanges.exchange", code=code))
    return render_template("exchanges/dispute.html", form=form, **_before(shown))


@blueprint.route("/exchanges/<code:code>/agreement", methods=["GET", "POST"])
@allows(members_who_exchange)
def agree(code: str) -> str | Response:
    """End a dispute by agreeing to what the other side says."""
    shown = access.get_own(db.session(), g.actor, code)
    minutes = rules.agreeable_minutes(shown.standing(), g.actor)
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
    return render_template("exchanges/agree.html", form=form, minutes=minutes or 0, **_before(shown))


@blueprint.route("/exchanges/<code:code>/decision", methods=["GET", "POST"])
@allows(brokers)
def decide(code: str) -> str | Response:
    """End a dispute as a broker who took no part, with a reason that both read."""
    shown, hands = access.get_to_decide(db.session(), g.actor, code)
    form = DecidedForm()
    checked, form.checked.data = form.checked.data, ""  # what is changed after this is checked anew
    if checked != AGAIN and form.validate_on_submit():
        if checked != CHECKED:
            told = _both_after(shown, form)
            return render_template("exchanges/decide_check.html", form=form, checked=CHECKED, again=AGAIN, **told)
        minutes, reason = form.how_long.minutes or 0, _words(form.reason.data)
        with committing(form) as outcome:
            actions.decide(db.session(), code, doing(form), minutes=minutes, reason=reason)
        if outcome.is_done:
            return redirect(url_for("exchanges.done", code=code), 303)
    elif not form.is_submitted() and not rules.may_decide(shown.standing(), g.actor, hands=hands):
        return redirect(url_for("exchanges.exchange", code=code))
    return render_template("exchanges/decide.html", form=form, **tell(shown, g.actor))


def _both_after(shown: Exchange, form: DecidedForm) -> dict[str, object]:
    """The story, and what the decision would do to each side: (name, minutes before, minutes after)."""
    minutes = round_up_to_step(form.how_long.minutes or 0)
    told = tell(shown, g.actor)
    giver = get_account(db.session(), g.bank.id, shown.giver_account_id).balance
    receiver = get_account(db.session(), g.bank.id, shown.receiver_account_id).balance
    names = list_names(db.session(), g.bank.id, [shown.giver_account_id, shown.receiver_account_id])
    changes = [
        (names[shown.giver_account_id][0], giver, giver + minutes),
        (names[shown.receiver_account_id][0], receiver, receiver - minutes),
    ]
    return {**told, "minutes": minutes, "changes": changes}


def _page(shown: Exchange, **changed: object) -> str:
    """The page of an exchange, with what a form that was refused changes on it."""
    told = {**tell(shown, g.actor), "filing": filing_form(shown), "reads_entries": may_audit(g.actor), **changed}
    return render_template("exchanges/exchange.html", form=ButtonForm(), **told)


def _words(text: str | None) -> str:
    return (text or "").strip()


def _before(shown: Exchange) -> dict[str, object]:
    """The exchange's story, and the reader's own balance."""
    account = get_account(db.session(), g.bank.id, g.actor.account_id)
    return {**tell(shown, g.actor), "account": account}


def _do(code: str, verb: Verb, may: Callable[[Standing, Actor], bool]) -> Response:
    """A deed by one button: done, said, and back to the exchange."""
    shown = access.get_own(db.session(), g.actor, code)
    form = ButtonForm()
    if not form.validate_on_submit():
        abort(400)
    allowed = may(shown.standing(), g.actor)
    with committing() as outcome:
        verb(db.session(), code, doing(form))
    if outcome.is_done and allowed:
        flash(_("Done. The other person sees it on their page."))
    return redirect(url_for("exchanges.exchange", code=code), 303)
