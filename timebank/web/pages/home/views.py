"""Home answers in one screen: my hours, what waits for me, and what I want to do."""

from flask import g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from timebank import clock
from timebank.actors import may_exchange
from timebank.bookkeeping.queries import get_account
from timebank.exchanges.queries import (
    MOST_OPEN,
    ExchangeRow,
    WaitingReversal,
    list_open,
    list_recent,
    list_waiting_reversals,
)
from timebank.exchanges.rules import State
from timebank.holders.queries import list_names
from timebank.matching.queries import list_to_answer
from timebank.signing_in.queries import list_used_codes
from timebank.signing_in.rules import CODE_CARRIED
from timebank.web.access import allows, members
from timebank.web.extensions import db
from timebank.web.filters import today
from timebank.web.forms import ButtonForm
from timebank.web.pages.home import blueprint
from timebank.web.pages.home.asked import MOST, list_what_was_asked
from timebank.web.pages.home.thanks import thanks_for
from timebank.web.pages.home.waiting import part_open, reversals_for
from timebank.web.passwords import asks_for_password


@blueprint.get("/", strict_slashes=False)
@allows(members)
def home() -> str | Response:
    """A member's first page; those who only look after the bank go to the desk."""
    if not may_exchange(g.actor):
        return redirect(url_for("desk.desk"))
    session, account_id = db.session(), g.actor.account_id
    rows = list_open(session, g.bank.id, account_id)
    recent = list_recent(session, g.bank.id, account_id)
    reversals = list_waiting_reversals(session, g.bank.id, account_id=account_id)
    listed: list[ExchangeRow | WaitingReversal] = [*rows, *recent, *reversals]
    asked = list_what_was_asked()
    helpers = [helper.account_id for row in asked for helper in row.helpers]
    sides = [row.giver_account_id for row in listed] + [row.receiver_account_id for row in listed]
    return render_template(
        "home/home.html",
        account=get_account(session, g.bank.id, account_id),
        open=part_open(rows, account_id),
        more_open=len(rows) == MOST_OPEN,
        recorded=State.RECORDED,
        reversals=reversals_for(reversals, account_id),
        last=recent[0] if recent else None,
        names=list_names(session, g.bank.id, [*sides, *helpers]),
        asked=asked,
        invitations=list_to_answer(session, g.bank.id, g.actor.membership_id, today=today()),
        most_asked=MOST,
        button_form=ButtonForm(),
        may_choose_password=g.actor.code_maker is not None and not asks_for_password(g.actor),
        used_codes=list_used_codes(session, g.actor.person_id, clock.now() - CODE_CARRIED)
        if g.actor.hand is None
        else [],
        thanks=thanks_for(recent, account_id),
    )
