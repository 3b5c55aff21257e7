"""The desk: what waits for a broker, a coordinator or a second approver."""

from flask import g, render_template

from timebank.exchanges.queries import list_disputed, list_waiting_reversals
from timebank.members.joining_queries import count_waiting as count_applications
from timebank.members.queries import list_names
from timebank.members.rules import may_broker
from timebank.tasks.queries import count_waiting
from timebank.web.access import allows, keepers
from timebank.web.desk import blueprint
from timebank.web.extensions import db


@blueprint.get("/desk")
@allows(keepers)
def desk() -> str:
    """Disputes to decide and reversals to approve, oldest first; for brokers how much is to do."""
    session = db.session()
    disputed = list_disputed(session, g.bank.id)
    reversals = list_waiting_reversals(session, g.bank.id)
    sides = [row.giver_account_id for row in (*disputed, *reversals)]
    sides += [row.receiver_account_id for row in (*disputed, *reversals)]
    brokers = may_broker(g.actor)
    return render_template(
        "desk/desk.html",
        disputed=disputed,
        reversals=reversals,
        names=list_names(session, g.bank.id, sides),
        waiting=count_waiting(session, g.bank.id) if brokers else None,
        joining=count_applications(session, g.bank.id) if brokers else 0,
    )
