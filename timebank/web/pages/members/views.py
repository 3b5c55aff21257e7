"""The people of a bank: a list for brokers, and a page each."""

from flask import g, render_template, request
from sqlalchemy.orm import Session

from timebank import clock
from timebank.actors import (
    Actor,
    Standing,
    may_approve,
    may_broker,
    may_change_standing,
    may_coordinate,
    may_prove_contact,
    may_see_all_exchanges,
)
from timebank.approvals import welcome
from timebank.approvals.queries import list_refused_of, list_waiting_roles
from timebank.banks.queries import find_area_name
from timebank.bookkeeping.queries import get_account
from timebank.listings.queries import list_shown_of_member
from timebank.members import access
from timebank.members.actions import get_membership_by_code
from timebank.members.helping import find_helping, list_languages
from timebank.members.keepers import list_approver_names, list_standing_changes
from timebank.members.models import Membership, Person
from timebank.members.queries import list_members, list_membership_names
from timebank.messages.rules import may_write_to
from timebank.signing_in.code_actions import find_way
from timebank.signing_in.queries import find_waiting_half
from timebank.web.access import allows, brokers, doing, members as all_members
from timebank.web.asked import asked_number, asked_words
from timebank.web.extensions import db
from timebank.web.filters import today
from timebank.web.forms import ButtonForm
from timebank.web.helping_words import helping_words, speaks_words
from timebank.web.pages.members import blueprint


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
    session, sees_account = db.session(), may_see_all_exchanges(g.actor)
    return render_template(
        "members/member.html",
        member=member,
        membership=membership,
        area=find_area_name(session, g.bank.id, membership.area_id),
        account=get_account(session, g.bank.id, member.account_id) if sees_account else None,
        is_self=member.membership_id == g.actor.membership_id,
        may_coordinate=may_coordinate(g.actor),
        may_change_standing=may_change_standing(g.actor, member),
        listings=list_shown_of_member(session, g.bank.id, member.membership_id, today=today()),
        waiting_roles=list_waiting_roles(session, g.bank.id, membership_id=membership.id) if sees_account else [],
        refused_roles=list_refused_of(session, g.bank.id, membership.id) if sees_account else [],
        helping=_helping_line(session, member),
        may_write_to=may_write_to(g.actor, member),
        **_for_keepers(session, member, membership),
        **_half_code(session, member),
        form=ButtonForm(),
    )


def _helping_line(session: Session, member: Actor) -> str:
    """Return what a member says of when they can help; for other members than themselves, their languages only."""
    if member.membership_id != g.actor.membership_id and not may_broker(g.actor):
        languages = list_languages(session, g.bank.id, member.membership_id)
        return speaks_words(languages) if languages else ""
    helping = find_helping(session, g.bank.id, member.membership_id)
    return helping_words(helping, today()) if helping and helping.changed_at else ""


def _for_keepers(session: Session, member: Actor, membership: Membership) -> dict[str, object]:
    """Return how to reach a member, how they stood, and what waits: for brokers, and in part for who approves."""
    looks_after, now = may_broker(g.actor), clock.now()
    may_make_codes = looks_after or may_approve(g.actor)
    welcome_waits = may_see_all_exchanges(g.actor) and member.is_active and membership.welcome_waits
    changes = list_standing_changes(session, g.bank.id, member.membership_id) if looks_after else []
    doers = [membership.admitted_by, *(change.done_by for change in changes)]
    return {
        "person": session.get_one(Person, member.person_id) if looks_after else None,
        "changes": changes,
        "actors": list_membership_names(session, g.bank.id, doers),
        "code_way": find_way(session, member, g.actor, now=now) if may_make_codes else None,
        "may_prove": looks_after and may_prove_contact(g.actor, member),
        "welcome_waits": welcome_waits,
        "may_welcome": welcome_waits and welcome.may_give(session, g.actor, membership, doing()),
    }


def _half_code(session: Session, member: Actor) -> dict[str, object]:
    """Return the first half of a code for the member that waits for its second, and who can make that, for keepers."""
    sees = may_see_all_exchanges(g.actor)
    half = find_waiting_half(session, g.bank.id, member.person_id, clock.now()) if sees else None
    but = () if half is None else (half.made_by, member.membership_id)
    return {
        "half_code": half,
        "half_makers": list_approver_names(session, g.bank.id, but=but) if half is not None else [],
    }
