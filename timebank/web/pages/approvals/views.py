"""A role that is to be given or taken: who asks, for whom, and the second approver's answer."""

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.approvals import roles, rules
from timebank.approvals.queries import RoleChangeRow, find_role_change
from timebank.errors import NotPermittedError, NotVisibleError
from timebank.members.keepers import list_approver_names
from timebank.members.queries import list_membership_names
from timebank.web.access import allows, approvers, coordinators, doing, keepers
from timebank.web.approvers import depended_on
from timebank.web.committing import committing, press
from timebank.web.extensions import db
from timebank.web.forms import ButtonForm
from timebank.web.pages.approvals import blueprint
from timebank.web.pages.approvals.forms import RefusalForm


@blueprint.get("/role-changes/<code:code>")
@allows(keepers)
def role_change(code: str) -> str:
    """Show a proposal, and the buttons of who may answer or withdraw it."""
    change = _get_visible(code)
    waits = change.closed_at is None
    return render_template(
        "approvals/role_change.html",
        change=change,
        people=list_membership_names(db.session(), g.bank.id, [change.approved_by]),
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


@blueprint.route("/role-changes/<code:code>/refusal", methods=["GET", "POST"])
@allows(approvers)
def refuse(code: str) -> str | Response:
    """Turn it down, and say why."""
    change = _get_visible(code)
    form = RefusalForm()
    if change.closed_at is None and not _may_answer(change):
        raise NotPermittedError(code)
    if form.validate_on_submit():
        with committing(form) as outcome:
            roles.refuse(db.session(), code, doing(form), reason=form.reason.data or "")
        if outcome.is_done:
            flash(_("Everything stays as it was."))
            return redirect(url_for("approvals.role_change", code=code), 303)
    elif change.closed_at is not None:
        return redirect(url_for("approvals.role_change", code=code), 303)
    return render_template("approvals/refuse.html", form=form, change=change)


@blueprint.post("/role-changes/<code:code>/withdrawal")
@allows(coordinators)
def withdraw(code: str) -> Response:
    """Take one's own proposal back."""
    _get_visible(code)
    press(lambda doing: roles.withdraw(db.session(), code, doing), _("Everything stays as it was."))
    return redirect(url_for("approvals.role_change", code=code), 303)


@blueprint.post("/role-changes/<code:code>/acknowledgement")
@allows(keepers)
def acknowledge(code: str) -> Response:
    """Put away that one's own proposal was turned down."""
    _get_visible(code)
    press(lambda doing: roles.acknowledge(db.session(), code, doing), "")
    return redirect(url_for("desk.desk"), 303)


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
