"""What members say about themselves, and the devices on which they are signed in."""

from flask import current_app, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from timebank import clock
from timebank.members.errors import AddressTooLongError
from timebank.members.models import Membership, Person
from timebank.members.profiles import change_profile, list_changes
from timebank.security import actions as security
from timebank.security.actions import NewEvent
from timebank.security.rules import EventKind
from timebank.signing_in import actions as signing_in
from timebank.signing_in.queries import digest_secret, list_sessions, list_used_codes
from timebank.signing_in.rules import SESSION_LIFE
from timebank.signing_in.trusted import is_trusted
from timebank.web.access import allows, doing, members as all_members, members_themselves, origin
from timebank.web.committing import committing
from timebank.web.extensions import db
from timebank.web.forms import ButtonForm
from timebank.web.pages.members import blueprint
from timebank.web.pages.members.forms import ProfileForm
from timebank.web.pages.members.own_phone import find_why_not
from timebank.web.passwords import asks_for_password, check_password


@blueprint.route("/profile", methods=["GET", "POST"])
@allows(all_members)
def profile() -> str | Response:
    """Edit what others see of the reader; lists the devices on which they are signed in."""
    person = db.session.get_one(Person, g.actor.person_id)
    form = _filled_form(person)
    asks = asks_for_password(g.actor)
    if form.validate_on_submit() and (not (asks and _changes_contact(person, form)) or check_password(form.present)):
        with committing(form, {AddressTooLongError: form.postal_address}) as outcome:
            change_profile(db.session(), form.profile(), doing(form), origin=origin())
        if outcome.is_done:
            thanks = _("Your page is changed.")
            if _has_a_phone_to_show():
                thanks = _("Your page is changed. Further down you can show that your phone is yours.")
            flash(thanks)
            return redirect(url_for("members.profile"), 303)
    now = clock.now()
    return render_template(
        "members/profile.html",
        form=form,
        asks=asks,
        person=db.session.get_one(Person, g.actor.person_id),
        sessions=list_sessions(db.session(), g.actor.person_id, now),
        used_codes=list_used_codes(db.session(), g.actor.person_id, now - SESSION_LIFE),
        here=digest_secret(current_user.token),
        code_form=ButtonForm(),
        sends_mail=current_app.config["SENDS_MAIL"],
        gets_codes=person.email_is_proved and is_trusted(person.email_trusted_from, now),
        is_texted=person.phone_is_proved and is_trusted(person.phone_trusted_from, now),
        why_no_text=find_why_not(person),
    )


def _has_a_phone_to_show() -> bool:
    """Return whether the reader has a phone to which a code can go, and that nobody has shown to be theirs."""
    person = db.session.get_one(Person, g.actor.person_id)
    return g.actor.hand is None and not person.phone_is_proved and find_why_not(person) is None


def _filled_form(person: Person) -> ProfileForm:
    membership = db.session.get_one(Membership, (g.bank.id, g.actor.membership_id))
    form = ProfileForm(
        name=person.name,
        phone=person.phone,
        email=person.email,
        about=membership.about,
        area=str(membership.area_id or ""),
        shows_phone=membership.shows_phone,
        shows_email=membership.shows_email,
        postal_address=person.postal_address,
    )
    form.area.offer(membership.area_id)
    return form


def _changes_contact(person: Person, form: ProfileForm) -> bool:
    """Return whether the form changes phone or e-mail; without either it is refused anyway."""
    profile = form.profile()
    changes = {kind for kind, _change in list_changes(person, profile)}
    return EventKind.CONTACT_CHANGED in changes and bool(profile.phone or profile.email)


@blueprint.post("/profile/other-devices")
@allows(members_themselves)
def sign_out_others() -> Response:
    """End the reader's sessions on all other devices."""
    actor, now = g.actor, clock.now()
    signing_in.end_other_sessions(db.session(), actor.person_id, current_user.token, now=now)
    event = NewEvent(
        EventKind.OTHERS_SIGNED_OUT, g.bank.id, actor.person_id, by=actor.membership_id, now=now, origin=origin()
    )
    security.record(db.session(), event)
    db.session.commit()
    flash(_("You are signed out on every other device."))
    return redirect(url_for("members.profile"), 303)
