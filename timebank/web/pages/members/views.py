"""The people of a bank: a list for brokers, a page each, one's own profile, sign-in codes and roles."""

from flask import flash, g, redirect, render_template, request, session as cookie, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from timebank import clock
from timebank.actors import (
    Role,
    Standing,
    may_broker,
    may_change_standing,
    may_coordinate,
    may_see_all_exchanges,
)
from timebank.banks.queries import find_area_name
from timebank.bookkeeping.queries import get_account
from timebank.listings.queries import list_shown_of_member
from timebank.members import access, actions
from timebank.members.actions import get_membership_by_code
from timebank.members.models import Membership, Person
from timebank.members.queries import list_members, list_membership_names, list_standing_changes
from timebank.signing_in import actions as signing_in
from timebank.signing_in.queries import digest_secret, list_sessions
from timebank.spelling import isolated
from timebank.web.access import allows, brokers, coordinators, doing, members as all_members, members_themselves
from timebank.web.asked import asked_number, asked_words
from timebank.web.committing import committing
from timebank.web.extensions import db
from timebank.web.filters import today
from timebank.web.forms import ButtonForm
from timebank.web.hosts import find_printable_link
from timebank.web.pages.members import blueprint
from timebank.web.pages.members.forms import ProfileForm, RolesForm

_COOKIE = "sign_in_code"


@blueprint.get("/members")
@allows(brokers)
def members() -> str:
    """List the members by name, without those who left unless asked for, or those who match."""
    words = asked_words("words")
    number = asked_number("page") or 1
    asked = request.args.get("standing", "")
    standing = Standing(asked) if asked in set(Standing) else None
    page = list_members(db.session(), g.bank.id, words, min(number, 100_000), standing=standing)
    return render_template("members/members.html", page=page, words=words, standing=standing, standings=list(Standing))


@blueprint.get("/members/<code:code>")
@allows(all_members)
def member(code: str) -> str:
    """A member's page: what they say about themselves, and for a broker how to reach them."""
    member = access.get_visible(db.session(), g.actor, code)
    membership = get_membership_by_code(db.session(), g.bank.id, member.code)
    sees_account, looks_after = may_see_all_exchanges(g.actor), may_broker(g.actor)
    session = db.session()
    changes = list_standing_changes(session, g.bank.id, member.membership_id) if looks_after else []
    return render_template(
        "members/member.html",
        member=member,
        about=membership.about,
        joined_on=membership.joined_on,
        area=find_area_name(session, g.bank.id, membership.area_id),
        person=session.get_one(Person, member.person_id) if looks_after else None,
        changes=changes,
        actors=list_membership_names(session, g.bank.id, [change.done_by for change in changes]),
        account=get_account(db.session(), g.bank.id, member.account_id) if sees_account else None,
        is_self=member.membership_id == g.actor.membership_id,
        may_coordinate=may_coordinate(g.actor),
        may_change_standing=may_change_standing(g.actor, member),
        listings=list_shown_of_member(db.session(), g.bank.id, member.membership_id, today=today()),
        form=ButtonForm(),
    )


@blueprint.route("/members/<code:code>/sign-in-code", methods=["GET", "POST"])
@allows(brokers)
def sign_in_code(code: str) -> str | Response:
    """Make a sign-in code for somebody without a password, and show it to be printed or read out."""
    member = access.get_visible(db.session(), g.actor, code)
    form = ButtonForm()
    if form.validate_on_submit():
        made = signing_in.make_code(db.session(), member, doing())
        db.session.commit()
        cookie[_COOKIE] = [member.code, made]
        return redirect(url_for("members.sign_in_code", code=code), 303)
    whose, made = cookie.pop(_COOKIE, ["", ""])  # a cookie can be read: it is shown once and gone
    if whose != member.code:
        return redirect(url_for("members.member", code=code))
    link = find_printable_link("signing_in.sign_in_with_code")
    return render_template("members/sign_in_code.html", member=member, made=made, link=link)


@blueprint.route("/members/<code:code>/roles", methods=["GET", "POST"])
@allows(coordinators)
def roles(code: str) -> str | Response:
    """Give and take roles; nobody changes their own."""
    member = access.get_permitted(db.session(), g.actor, code, access.may_set_roles)
    form = RolesForm(roles=sorted(member.roles))
    if form.validate_on_submit():
        membership = get_membership_by_code(db.session(), g.bank.id, member.code)
        chosen = frozenset(Role(role) for role in form.roles.data or [])
        with committing(form) as outcome:
            actions.set_roles(db.session(), membership, chosen, doing())
        if outcome.is_done:
            flash(_("The roles of %(name)s are changed.", name=isolated(member.name)))
            return redirect(url_for("members.member", code=code), 303)
    return render_template("members/roles.html", form=form, member=member)


@blueprint.route("/profile", methods=["GET", "POST"])
@allows(all_members)
def profile() -> str | Response:
    """Edit what others see of the reader; lists the devices on which they are signed in."""
    person = db.session.get_one(Person, g.actor.person_id)
    membership = db.session.get_one(Membership, (g.bank.id, g.actor.membership_id))
    form = ProfileForm(
        name=person.name,
        phone=person.phone,
        email=person.email,
        about=membership.about,
        area=str(membership.area_id or ""),
        shows_phone=membership.shows_phone,
        shows_email=membership.shows_email,
    )
    form.area.offer(membership.area_id)
    if form.validate_on_submit():
        with committing(form) as outcome:
            actions.change_profile(db.session(), form.profile(), doing(form))
        if outcome.is_done:
            flash(_("Your page is changed."))
            return redirect(url_for("members.profile"), 303)
    sessions = list_sessions(db.session(), g.actor.person_id, clock.now())
    here = digest_secret(current_user.token)
    return render_template("members/profile.html", form=form, sessions=sessions, here=here, code_form=ButtonForm())


@blueprint.post("/profile/other-devices")
@allows(members_themselves)
def sign_out_others() -> Response:
    """End the reader's sessions on all other devices."""
    signing_in.end_other_sessions(db.session(), g.actor.person_id, current_user.token, now=clock.now())
    db.session.commit()
    flash(_("You are signed out on every other device."))
    return redirect(url_for("members.profile"), 303)
