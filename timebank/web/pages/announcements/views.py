"""Brokers write announcements, and take them down."""

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.announcements import access, actions
from timebank.announcements.errors import AnnouncementDaysError
from timebank.announcements.queries import list_current, list_past
from timebank.members.queries import list_membership_names
from timebank.web.access import allows, brokers, doing
from timebank.web.committing import committing, press
from timebank.web.extensions import db
from timebank.web.filters import today
from timebank.web.forms import ButtonForm
from timebank.web.pages.announcements import blueprint
from timebank.web.pages.announcements.forms import AnnouncementForm


@blueprint.route("/announcements", methods=["GET", "POST"])
@allows(brokers)
def announcements() -> str | Response:
    """List what stands and what stood of late, and write a new one."""
    session, form = db.session(), AnnouncementForm()
    if form.validate_on_submit():
        with committing(form, {AnnouncementDaysError: form.days}) as outcome:
            actions.announce(session, g.bank, form.words.data or "", form.days.number or 0, doing(form))
        if outcome.is_done:
            flash(_("Everybody reads it on home now, and in their next e-mail of news."))
            return redirect(url_for("announcements.announcements"), 303)
    current, past = list_current(session, g.bank.id, today=today()), list_past(session, g.bank.id, today=today())
    people = list_membership_names(session, g.bank.id, [row.announced_by for row in (*current, *past)])
    return render_template(
        "announcements/announcements.html", form=form, button=ButtonForm(), current=current, past=past, people=people
    )


@blueprint.post("/announcements/<code:code>/end")
@allows(brokers)
def take_down(code: str) -> Response:
    """Take one down."""
    access.get_visible(db.session(), g.actor, code)
    press(lambda doing: actions.take_down(db.session(), code, doing), _("It is taken down."))
    return redirect(url_for("announcements.announcements"), 303)
