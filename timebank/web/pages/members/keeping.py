"""What keepers do for a member's way in: sign-in codes, proof of contacts, roles, welcome hours."""

from flask import abort, flash, g, redirect, render_template, session as cookie, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import clock
from timebank.actors import Actor, Role, may_prove_contact
from timebank.approvals import roles as approvals, welcome
from timebank.approvals.errors import RolesMovedError
from timebank.approvals.queries import list_waiting_roles
from timebank.errors import NotPermittedError
from timebank.members import access
from timebank.members.actions import get_membership_by_code
from timebank.members.keepers import list_approver_names
from timebank.members.models import Person
from timebank.members.profiles import prove_contact
from timebank.members.rules import ContactKind
from timebank.signing_in.code_actions import find_way, make_code, make_half
from timebank.signing_in.errors import CodeShownError
from timebank.signing_in.queries import find_waiting_half
from timebank.signing_in.rules import CodeWay
from timebank.spelling import isolated
from timebank.trail.actions import OtherContentError
from timebank.web.access import allows, brokers, coordinators, doing, keepers, second_keepers
from timebank.web.committing import commit, committing, press
from timebank.web.extensions import db
from timebank.web.forms import ButtonForm
from timebank.web.hosts import find_printable_link
from timebank.web.pages.members import blueprint
from timebank.web.pages.members.forms import ContactProofForm, RolesForm
from timebank.web.sentences import say

_COOKIE = "sign_in_code"


@blueprint.route("/members/<code:code>/sign-in-code", methods=["GET", "POST"])
@allows(keepers)
def sign_in_code(code: str) -> str | Response:
    """Make a sign-in code for somebody without a password, or half of one, and show it to be printed or read out."""
    member = access.get_visible(db.session(), g.actor, code)
    form = ButtonForm()
    if form.validate_on_submit():
        way = find_way(db.session(), member, g.actor, now=clock.now())
        if way is None:
            raise NotPermittedError(code)
        try:
            made = (make_code if way is CodeWay.WHOLE else make_half)(db.session(), member, doing(form))
        except (CodeShownError, OtherContentError):  # pressed twice: what the first press made is shown
            db.session.rollback()
            return redirect(url_for("members.sign_in_code", code=code), 303)
        commit()
        cookie[_COOKIE] = [member.code, made, way]
        return redirect(url_for("members.sign_in_code", code=code), 303)
    return _show_code(member, form)


def _show_code(member: Actor, form: ButtonForm) -> str | Response:
    """Show once what was just made; else the page of a second half to be made, if one waits."""
    whose, made, way = cookie.pop(_COOKIE, ["", "", ""])  # a cookie can be read: it is shown once and gone
    if whose == member.code:
        return render_template(
            "members/sign_in_code.html",
            member=member,
            made=made,
            way=way,
            link=find_printable_link("signing_in.sign_in_with_code"),
            approvers=list_approver_names(db.session(), g.bank.id, but=(g.actor.membership_id, member.membership_id)),
        )
    way = find_way(db.session(), member, g.actor, now=clock.now())
    if way is not CodeWay.SECOND_HALF:
        return redirect(url_for("members.member", code=member.code))
    waiting = find_waiting_half(db.session(), g.bank.id, member.person_id, clock.now())
    return render_template("members/second_half.html", member=member, waiting=waiting, form=form)


@blueprint.route("/members/<code:code>/contacts/<word:kind>", methods=["GET", "POST"])
@allows(brokers)
def contact_proof(code: str, kind: str) -> str | Response:
    """Write down what shows that a phone or an e-mail is the member's own, so that they can sign in with it."""
    if kind not in set(ContactKind):
        abort(404)
    member = access.get_permitted(db.session(), g.actor, code, may_prove_contact)
    person = db.session.get_one(Person, member.person_id)
    contact = person.email if kind == ContactKind.EMAIL else person.phone
    form = ContactProofForm(contact=contact)
    if form.validate_on_submit():
        with committing(form) as outcome:
            prove_contact(
                db.session(),
                member,
                ContactKind(kind),
                form.contact.data or "",
                doing(form),
                evidence=form.evidence.data or "",
            )
        if outcome.is_done:
            flash(_("%(name)s can sign in with it now.", name=isolated(member.name)))
            return redirect(url_for("members.member", code=code), 303)
    elif not contact:
        return redirect(url_for("members.member", code=code))
    return render_template("members/contact_proof.html", form=form, member=member, contact=contact, kind=kind)


@blueprint.route("/members/<code:code>/roles", methods=["GET", "POST"])
@allows(coordinators)
def roles(code: str) -> str | Response:
    """Give and take roles; nobody changes their own. Those that approve or audit wait for a second approver."""
    member = access.get_permitted(db.session(), g.actor, code, access.may_set_roles)
    form = RolesForm(roles=sorted(member.roles), before=",".join(sorted(member.roles)))
    membership = get_membership_by_code(db.session(), g.bank.id, member.code)
    if form.validate_on_submit():
        chosen = frozenset(Role(role) for role in form.roles.data or [])
        with committing(form) as outcome:
            waiting = approvals.set_roles(db.session(), membership, chosen, doing(form), before=form.roles_before)
        if outcome.is_done:
            if waiting:
                flash(_("Another coordinator or a trustee has to say yes now. Until then everything stays as it was."))
            else:
                flash(_("The roles of %(name)s are changed.", name=isolated(member.name)))
            return redirect(url_for("members.member", code=code), 303)
        if isinstance(outcome.refusal, RolesMovedError):
            flash(say(outcome.refusal))
            return redirect(url_for("members.roles", code=code), 303)
    waiting_roles = list_waiting_roles(db.session(), g.bank.id, membership_id=membership.id)
    approvers = list_approver_names(db.session(), g.bank.id, but=(g.actor.membership_id, member.membership_id))
    return render_template(
        "members/roles.html", form=form, member=member, waiting_roles=waiting_roles, approvers=approvers
    )


@blueprint.post("/members/<code:code>/welcome-hours")
@allows(second_keepers)
def give_welcome_hours(code: str) -> Response:
    """Give the welcome hours, as a second keeper who has looked at how somebody was taken in."""
    member = access.get_visible(db.session(), g.actor, code)
    thanks = _("%(name)s has the welcome hours now.", name=isolated(member.name))
    press(lambda doing: welcome.give(db.session(), g.bank, member.code, doing), thanks)
    return redirect(url_for("members.member", code=code), 303)
