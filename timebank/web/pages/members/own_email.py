"""Members show that an e-mail is theirs, by a code that is sent there."""

from flask import current_app, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import clock
from timebank.members.models import Person
from timebank.members.rules import ContactKind
from timebank.signing_in.errors import CodeDoesNotFitError, TooManyTriesError
from timebank.signing_in.own_contacts import mail_email_code, prove_by_code
from timebank.signing_in.trusted import is_trusted
from timebank.telling.recipients import list_recipients
from timebank.web.access import allows, doing, members_themselves
from timebank.web.committing import committing, press
from timebank.web.extensions import db
from timebank.web.forms import ButtonForm
from timebank.web.pages.members import blueprint
from timebank.web.pages.members.code_tries import count_try
from timebank.web.pages.members.forms import EmailCodeForm


@blueprint.route("/profile/email", methods=["GET", "POST"])
@allows(members_themselves)
def own_email() -> str | Response:
    """Type the code that was sent, or ask for one."""
    person = db.session.get_one(Person, g.actor.person_id)
    form = EmailCodeForm()
    if form.validate_on_submit():
        with committing(form, {CodeDoesNotFitError: form.code, TooManyTriesError: form.code}) as outcome:
            count_try(ContactKind.EMAIL)
            prove_by_code(db.session(), ContactKind.EMAIL, form.code.data or "", doing(form))
        if outcome.is_done:
            reader = list_recipients(db.session(), g.bank.id, [g.actor.membership_id])[g.actor.membership_id]
            thanks = _("Thank you. Now we know that this e-mail is yours, and you can sign in with it.")
            if reader.email_sharers:  # nobody signs in with an e-mail that several have
                thanks = _(
                    "Thank you. Others have this e-mail too, so sign in with your member number, %(number)s. "
                    "If you forget your password, ring us.",
                    number=g.actor.number,
                )
            flash(thanks)
            return redirect(url_for("members.profile"), 303)
    return render_template(
        "members/own_email.html",
        form=form,
        person=person,
        button=ButtonForm(),
        is_known=person.email_is_proved
        and person.email_failed_at is None
        and is_trusted(person.email_trusted_from, clock.now()),
        may_send=current_app.config["SENDS_MAIL"] and g.actor.code_maker is None and bool(person.email),
    )


@blueprint.post("/profile/email/code")
@allows(members_themselves)
def email_code() -> Response:
    """Send the code."""
    thanks = _("A code is on its way to your e-mail. It holds for 15 minutes.")
    press(lambda doing: mail_email_code(db.session(), doing), thanks)
    return redirect(url_for("members.own_email"), 303)
