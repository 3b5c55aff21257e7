"""Before a broker acts for a member: how the member is telling them. From there on it stands in every address."""

from flask import abort, g, render_template

from timebank.actors import may_act_for
from timebank.members.queries import find_actor_by_code
from timebank.web.access import TELLS, allows, brokers
from timebank.web.extensions import db
from timebank.web.pages.acting import blueprint


@blueprint.get("/members/<code:code>/acting")
@allows(brokers)
def start(code: str) -> str:
    """Choose how the member tells what to do; the form leads to the member's home page."""
    member = find_actor_by_code(db.session(), g.bank.id, code)
    if member is None:
        abort(404)
    if not may_act_for(g.actor, member):
        abort(403)
    return render_template("acting/start.html", member=member, tells=TELLS)
