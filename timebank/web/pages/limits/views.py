"""The limit of one member, which a broker lowers for a time, and that of the pot."""

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.actors import Actor, may_change_limit
from timebank.bookkeeping.limits import list_limits
from timebank.bookkeeping.queries import get_account, get_account_of_kind
from timebank.ledger.accounts import AccountKind
from timebank.members import limits as actions
from timebank.members.access import get_permitted
from timebank.members.errors import LimitAboveBalanceError, LimitDayError
from timebank.members.queries import list_membership_names
from timebank.spelling import isolated
from timebank.web.access import allows, brokers, coordinators, doing
from timebank.web.committing import Fields, committing, press
from timebank.web.extensions import db
from timebank.web.filters import today
from timebank.web.forms import ButtonForm
from timebank.web.pages.limits import blueprint
from timebank.web.pages.limits.forms import LimitForm, PotForm


@blueprint.route("/members/<code:code>/limit", methods=["GET", "POST"])
@allows(brokers)
def limit(code: str) -> str | Response:
    """How far below zero a member may go, why, and what it was before; a broker lowers it for a time."""
    member = _member(code)
    form = LimitForm()
    if form.validate_on_submit() and form.below.minutes is not None and form.until.day is not None:
        below, reason, until = form.below.minutes, form.reason.data or "", form.until.day
        with committing(form, _fields(form)) as outcome:
            actions.lower_limit(db.session(), g.bank, member, actions.Override(below, reason, until), doing(form))
        if outcome.is_done:
            flash(_("The limit of %(name)s is changed.", name=isolated(member.name)))
            return redirect(url_for("limits.limit", code=code), 303)
    return render_template(
        "limits/limit.html", form=form, end_form=ButtonForm(), member=member, **_standing(member.account_id)
    )


@blueprint.post("/members/<code:code>/limit/ending")
@allows(brokers)
def end(code: str) -> Response:
    """End a temporary limit early."""
    member = _member(code)
    thanks = _("The limit of %(name)s rises again, as far as their hours allow.", name=isolated(member.name))
    press(lambda doing: actions.end_override(db.session(), g.bank, member, doing), thanks)
    return redirect(url_for("limits.limit", code=code), 303)


@blueprint.route("/pot", methods=["GET", "POST"])
@allows(coordinators)
def pot() -> str | Response:
    """The community pot: its hours, how far it may go, and what that was before."""
    form = PotForm()
    if form.validate_on_submit() and form.below.minutes is not None:
        below, reason, until = form.below.minutes, form.reason.data or "", form.until.day
        with committing(form, _fields(form)) as outcome:
            actions.change_pot_limit(db.session(), g.bank, doing(form), below_minutes=below, reason=reason, until=until)
        if outcome.is_done:
            flash(_("The limit of the pot is changed."))
            return redirect(url_for("limits.pot"), 303)
    pot_id = get_account_of_kind(db.session(), g.bank.id, AccountKind.POT)
    return render_template("limits/pot.html", form=form, **_standing(pot_id))


def _member(code: str) -> Actor:
    """Return the member whose limit the reader may change, which is nobody's own."""
    return get_permitted(
        db.session(), g.actor, code, lambda actor, member: may_change_limit(actor, of_membership=member.membership_id)
    )


def _fields(form: PotForm) -> Fields:
    return {LimitAboveBalanceError: form.below, LimitDayError: form.until}


def _standing(account_id: int) -> dict[str, object]:
    """Return the account, its limits, newest first, and the names of who set them."""
    rows = list_limits(db.session(), g.bank.id, account_id)
    newest = rows[0]
    return {
        "account": get_account(db.session(), g.bank.id, account_id),
        "newest": newest,
        "rows": rows,
        "people": list_membership_names(db.session(), g.bank.id, [row.recorded_by for row in rows]),
        "runs": newest.until is not None and newest.until >= today(),
        "is_over": newest.until is not None and newest.until < today(),
        "reasons": {
            "floor of the bank's members": _("The usual limit of this time bank."),
            "pot floor of the bank": _("The usual limit of the pot."),
            actions.TIME_IS_OVER: _("The time was over."),
            actions.ENDED_EARLY: _("Ended before its time."),
        },
    }
