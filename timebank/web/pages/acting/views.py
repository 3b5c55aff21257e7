"""Before a broker acts for a member: how the member instructs them. From then on it is in every URL."""

from flask import g, render_template

from timebank.actors import may_act_for
from timebank.members.access import get_permitted
from timebank.web.access import TELLS, allows, brokers
from timebank.web.extensions import db
from timebank.web.pages.acting import blueprint


@blueprint.get("/members/<code:code>/acting")
@allows(brokers)
def start(code: str) -> str:
    """Choose how the member instructs the broker; the form leads to the member's home page."""
    member = get_permitted(db.session(), g.actor, code, may_act_for)
    return render_template("acting/start.html", member=member, tells=TELLS)
