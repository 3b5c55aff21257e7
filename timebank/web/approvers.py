"""On whom the reader depends, so that another approver has to answer what those propose."""

from flask import g

from timebank import clock
from timebank.actors import may_approve
from timebank.members.depending import list_depended_on
from timebank.web.extensions import db


def depended_on() -> frozenset[int]:
    """Return the memberships whose proposals the reader does not answer; queried once for a page."""
    if not may_approve(g.actor):
        return frozenset()
    if "depended_on" not in g:
        g.depended_on = list_depended_on(db.session(), g.actor, now=clock.now())
    return frozenset(g.depended_on)
