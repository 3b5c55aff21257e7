"""A role that is to be given or taken: who asks, for whom, and the second approver's answer."""

from flask import g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.approvals import roles, rules
from timebank.approvals.queries import RoleChangeRow, find_role_change
from timebank.errors import NotPermittedError, NotVisibleError
from timebank.members.keepers import list_approver_names
from timebank.members.queries import list_membership_names
from timebank.web.access import allows, keepers
from timebank.web.approvers import depended_on
from timebank.web.committing import press
from timebank.web.extensions import db
from timebank.web.forms import ButtonForm
from timebank.web.pages.approvals import blueprint


@blueprint.get("/role-changes/<code:code>")
@allows(keepers)
def role_change(code: str) -> str:
    """Show a proposal, and the buttons of who may answer or withdraw it."""
    change = _get_visible(code)
    waits = change.closed_at is None
    return render_template(
        "approvals/role_change.html",
        change=change,
        people=list_membership_names(db.session(), g.bank.id, [change.approved_by, change.refused_by]),
        may_answer=waits and _may_answer(change),
        may_withdraw=waits and rules.may_withdraw_role(g.actor, proposed_by=change.proposed_by),
        approvers=list_approver_names(db.session(), g.bank.id, but=(change.proposed_by, change.membership_id)),
        depends=waits and change.proposed_by in depended_on(),
        form=ButtonForm(),
    )


@blueprint.post("/role-changes/<code:code>/approval")
@allows(keepers)
def approve(code: str) -> Response:
    """Approve it: the role is given or taken."""
    change = _get_visible(code)
    if change.closed_at is None and not _may_answer(change):
        raise NotPermittedError(code)
    press(lambda doing: roles.approve(db.session(), code, doing), _("It is so from now on."))
    return redirect(url_for("approvals.role_change", code=code), 303)


@blueprint.post("/role-changes/<code:code>/refusal")
@allows(keepers)
def refuse(code: str) -> Response:
    """Turn it down, or withdraw one's own."""
    change = _get_visible(code)
    own = rules.may_withdraw_role(g.actor, proposed_by=change.proposed_by)
    if change.closed_at is None and not own and not _may_answer(change):
        raise NotPermittedError(code)
    press(lambda doing: roles.refuse(db.session(), code, doing), _("Everything stays as it was."))
    return redirect(url_for("approvals.role_change", code=code), 303)


def _get_visible(code: str) -> RoleChangeRow:
    change = find_role_change(db.session(), g.bank.id, code)
    if change is None:
        raise NotVisibleError(code)
    return change


def _may_answer(change: RoleChangeRow) -> bool:
    return rules.may_answer_role(
        g.actor,
        proposed_by=change.proposed_by,
        of_membership=change.membership_id,
        depends_on=depended_on(),
    )
