"""An invitation, and what its member answers."""

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _, ngettext
from werkzeug.wrappers import Response

from timebank.errors import PastDayError
from timebank.matching import answering
from timebank.matching.access import get_own, get_visible
from timebank.matching.errors import DayMissingError, OtherDayError
from timebank.matching.invitation_rules import may_answer, may_invite
from timebank.matching.inviting import take_back
from timebank.matching.queries import InvitationRow
from timebank.members.helping import find_helping
from timebank.members.queries import list_membership_names
from timebank.spelling import isolated
from timebank.web.access import allows, brokers, doing, members, members_who_exchange
from timebank.web.committing import committing, press
from timebank.web.extensions import db
from timebank.web.forms import ButtonForm
from timebank.web.pages.matching import blueprint
from timebank.web.pages.matching.forms import YesForm


@blueprint.get("/invitations/<code:code>")
@allows(members)
def invitation(code: str) -> str:
    """Show what somebody is asked, and what they answered."""
    row = get_visible(db.session(), g.actor, code)
    is_mine = may_answer(g.actor, member_id=row.member_id)
    return render_template(
        "matching/invitation.html",
        row=row,
        is_mine=is_mine,
        may_take_back=may_invite(g.actor) and row.is_standing,
        people=list_membership_names(db.session(), g.bank.id, [row.asked_by, row.answered_by]),
        form=ButtonForm(),
    )


@blueprint.route("/invitations/<code:code>/yes", methods=["GET", "POST"])
@allows(members_who_exchange)
def yes(code: str) -> str | Response:
    """Say yes with one press; where the invitation names no day, choose one."""
    row = get_own(db.session(), g.actor, code)
    form = YesForm() if row.day is None else ButtonForm()
    if form.validate_on_submit():
        answer = _say_yes(row, form)
        if answer is not None:
            return answer
    if row.day is not None:
        return redirect(url_for("matching.invitation", code=code), 303)
    return render_template("matching/yes.html", form=form, row=row)


def _say_yes(row: InvitationRow, form: YesForm | ButtonForm) -> Response | None:
    """Agree to help; return where to go on, or None where it is refused on the form."""
    day, at, fields, actor = None, None, None, g.actor
    if isinstance(form, YesForm):
        day, at, actor = form.day.day, form.at.at, g.actor.with_evidence(form.evidence.data)
        fields = dict.fromkeys((DayMissingError, OtherDayError, PastDayError), form.day)
    with committing(form if fields else None, fields) as outcome:
        code = answering.say_yes(db.session(), g.bank, row.code, doing(form, actor), day=day, at=at)
    if not outcome.is_done:
        return None
    thanks = _("Thank you! It is agreed. %(name)s sees it on their first page.", name=isolated(row.requester_name))
    flash(thanks)
    return redirect(url_for("exchanges.exchange", code=code), 303)


@blueprint.post("/invitations/<code:code>/no")
@allows(members_who_exchange)
def no(code: str) -> Response:
    """Say that one cannot help this time."""
    get_own(db.session(), g.actor, code)
    thanks = _("That is fine. Thank you for telling us.")
    press(lambda doing: answering.say_no(db.session(), g.bank, code, doing), thanks)
    return redirect(url_for("home.home"), 303)


@blueprint.post("/invitations/<code:code>/less")
@allows(members_who_exchange)
def less(code: str) -> Response:
    """Say that one cannot help, and be asked less often from now on."""
    get_own(db.session(), g.actor, code)
    if press(lambda doing: answering.say_no(db.session(), g.bank, code, doing, less=True), ""):
        _say_how_often()
    return redirect(url_for("home.home"), 303)


def _say_how_often() -> None:
    """Flash how often the reader is asked from now on."""
    helping = find_helping(db.session(), g.bank.id, g.actor.membership_id)
    most = helping.most_invitations if helping else 0
    if not most:
        flash(_("That is fine. We do not ask you any more. You can change that under About me."))
    else:
        flash(
            ngettext(
                "That is fine. We ask you once a week at most. You can change that under About me.",
                "That is fine. We ask you %(num)s times a week at most. You can change that under About me.",
                most,
            )
        )


@blueprint.post("/invitations/<code:code>/withdrawal")
@allows(brokers)
def withdrawal(code: str) -> Response:
    """Take an invitation back that is not answered yet."""
    row = get_visible(db.session(), g.actor, code)
    press(lambda doing: take_back(db.session(), g.bank, code, doing), _("It is taken back."))
    return redirect(url_for("matching.helpers", code=row.listing_code), 303)
