"""Members show that a mobile phone is theirs, by a code that is sent there by text."""

from enum import StrEnum

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import clock
from timebank.members.models import Person
from timebank.members.rules import ContactKind
from timebank.phones import is_mobile
from timebank.signing_in.errors import CodeDoesNotFitError, TooManyTriesError
from timebank.signing_in.own_contacts import prove_by_code, text_phone_code
from timebank.signing_in.trusted import count_phone_sharers, is_trusted, may_text
from timebank.telling.stopped import has_stopped, want_again
from timebank.web.access import allows, doing, members_themselves
from timebank.web.committing import committing, press
from timebank.web.extensions import db
from timebank.web.forms import ButtonForm
from timebank.web.pages.members import blueprint
from timebank.web.pages.members.code_tries import count_try
from timebank.web.pages.members.forms import PhoneCodeForm
from timebank.web.texts import sends_texts


class WhyNot(StrEnum):
    """Why no code goes to a phone by text."""

    NO_PHONE = "no_phone"
    NO_TEXTS = "no_texts"
    LANDLINE = "landline"
    STOPPED = "stopped"
    NONE_LEFT = "none_left"


@blueprint.route("/profile/phone", methods=["GET", "POST"])
@allows(members_themselves)
def own_phone() -> str | Response:
    """Type the code that was sent, or ask for one."""
    person = db.session.get_one(Person, g.actor.person_id)
    form = PhoneCodeForm()
    if form.validate_on_submit():
        with committing(form, {CodeDoesNotFitError: form.code, TooManyTriesError: form.code}) as outcome:
            count_try(ContactKind.PHONE)
            prove_by_code(db.session(), ContactKind.PHONE, form.code.data or "", doing(form))
        if outcome.is_done:
            thanks = _("Thank you. Now we know that this phone is yours, and you can sign in with it.")
            if count_phone_sharers(db.session(), person):
                thanks = _(
                    "Thank you. Others have this number too, so no code to sign in comes there. "
                    "You can always sign in with your member number, %(number)s.",
                    number=g.actor.number,
                )
            flash(thanks)
            return redirect(url_for("members.profile"), 303)
    person = db.session.get_one(Person, g.actor.person_id)
    return render_template(
        "members/own_phone.html",
        form=form,
        person=person,
        button=ButtonForm(),
        why_not=find_why_not(person),
        is_known=person.phone_is_proved and is_trusted(person.phone_trusted_from, clock.now()),
        sharers=person.phone_is_proved and count_phone_sharers(db.session(), person),
    )


@blueprint.post("/profile/phone/code")
@allows(members_themselves)
def phone_code() -> Response:
    """Send the code."""
    thanks = _("A code is on its way to your phone. It holds for 15 minutes.")
    press(lambda doing: text_phone_code(db.session(), g.bank, doing), thanks)
    return redirect(url_for("members.own_phone"), 303)


@blueprint.post("/profile/phone/texts")
@allows(members_themselves)
def phone_texts() -> Response:
    """Let codes come by text again, after STOP."""
    press(lambda doing: want_again(db.session(), doing), _("From now on codes can come by text again."))
    return redirect(url_for("members.own_phone"), 303)


def find_why_not(person: Person) -> WhyNot | None:
    """Return why no code is sent to the reader's phone; None if one is sent on pressing the button."""
    if not person.phone:
        return WhyNot.NO_PHONE
    if not sends_texts() or g.actor.code_maker is not None:
        return WhyNot.NO_TEXTS
    if not is_mobile(person.phone):
        return WhyNot.LANDLINE
    if has_stopped(db.session(), person.phone):
        return WhyNot.STOPPED
    return None if may_text(db.session(), g.bank, clock.now(), codes=False) else WhyNot.NONE_LEFT
