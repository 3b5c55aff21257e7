"""Taking an exchange back: a coordinator proposes it, and both sides agree or a second approver does."""

from collections.abc import Callable

from flask import g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.actors import Doing, may_approve, may_see_all_exchanges
from timebank.bookkeeping.queries import get_account
from timebank.exchanges import reversals as actions, rules
from timebank.exchanges.access import get_visible, get_visible_reversal
from timebank.exchanges.deeds import list_hands
from timebank.exchanges.models import Exchange, Reversal
from timebank.holders.queries import list_names
from timebank.members.queries import list_membership_names
from timebank.web.access import allows, approvers, coordinators, doing, members, members_who_exchange
from timebank.web.approvers import depended_on
from timebank.web.committing import committing, press
from timebank.web.extensions import db
from timebank.web.forms import ButtonForm
from timebank.web.pages.reversals import blueprint
from timebank.web.pages.reversals.forms import ReversalForm


@blueprint.route("/exchanges/<code:code>/reversal", methods=["GET", "POST"])
@allows(coordinators)
def propose(code: str) -> str | Response:
    """Say why an exchange should be taken back."""
    exchange = get_visible(db.session(), g.actor, code)
    form = ReversalForm()
    if form.validate_on_submit():
        with committing(form) as outcome:
            reversal_code = actions.propose(db.session(), code, doing(form), reason=form.reason.data or "")
        if outcome.is_done:
            return redirect(url_for("reversals.reversal", code=reversal_code), 303)
    elif not form.is_submitted() and not rules.may_propose_reversal(exchange.snapshot(), g.actor):
        return redirect(url_for("exchanges.exchange", code=code))
    names = list_names(db.session(), g.bank.id, [exchange.giver_account_id, exchange.receiver_account_id])
    return render_template("reversals/propose.html", form=form, exchange=exchange, names=names)


@blueprint.get("/reversals/<code:code>")
@allows(members)
def reversal(code: str) -> str:
    """A reversal: what it takes back, why, and who has agreed so far."""
    reversal, exchange = get_visible_reversal(db.session(), g.actor, code)
    standing = exchange.snapshot()
    side = standing.side_of(g.actor.account_id)
    agreed = {"giver": reversal.giver_agreed_by, "receiver": reversal.receiver_agreed_by}
    waits = reversal.closed_at is None
    people = (reversal.proposed_by, reversal.approved_by, reversal.refused_by)
    return render_template(
        "reversals/reversal.html",
        form=ButtonForm(),
        reversal=reversal,
        exchange=exchange,
        names=list_names(db.session(), g.bank.id, [exchange.giver_account_id, exchange.receiver_account_id]),
        people=list_membership_names(db.session(), g.bank.id, people),
        may_agree=waits and side is not None and not agreed[side] and rules.may_agree_to_reversal(standing, g.actor),
        changes=_changes(exchange) if waits else [],
        may_approve=waits and _may_approve(reversal, exchange),
        may_withdraw=waits and reversal.proposed_by == g.actor.membership_id and may_approve(g.actor),
    )


@blueprint.post("/reversals/<code:code>/agreement")
@allows(members_who_exchange)
def agree(code: str) -> Response:
    """Agree as one of the two sides."""
    return _answer(code, lambda doing: actions.agree(db.session(), g.bank, code, doing))


@blueprint.post("/reversals/<code:code>/approval")
@allows(approvers)
def approve(code: str) -> Response:
    """Approve as a second pair of eyes."""
    return _answer(code, lambda doing: actions.approve(db.session(), g.bank, code, doing))


@blueprint.post("/reversals/<code:code>/refusal")
@allows(approvers)
def refuse(code: str) -> Response:
    """Turn it down, or withdraw one's own."""
    return _answer(code, lambda doing: actions.refuse(db.session(), code, doing))


def _may_approve(reversal: Reversal, exchange: Exchange) -> bool:
    hands = list_hands(db.session(), g.bank.id, exchange.id)
    return rules.may_approve_reversal(
        exchange.snapshot(), g.actor, proposed_by=reversal.proposed_by, hands=hands, depends_on=depended_on()
    )


def _changes(exchange: Exchange) -> list[tuple[str, int, int]]:
    """Return (name, minutes before, minutes after) for the balances that the reader may see: their own, or both."""
    minutes = exchange.minutes or 0
    sides = ((exchange.giver_account_id, -minutes), (exchange.receiver_account_id, minutes))
    visible = [side for side in sides if may_see_all_exchanges(g.actor) or side[0] == g.actor.account_id]
    names = list_names(db.session(), g.bank.id, [account_id for account_id, _moved in visible])
    balances = [get_account(db.session(), g.bank.id, account_id).balance for account_id, _moved in visible]
    return [
        (names[account_id][0], balance, balance + moved)
        for (account_id, moved), balance in zip(visible, balances, strict=True)
    ]


def _answer(code: str, act: Callable[[Doing], None]) -> Response:
    get_visible_reversal(db.session(), g.actor, code)
    press(act, _("Done. Everybody it is about sees it on their page."))
    return redirect(url_for("reversals.reversal", code=code), 303)
