"""Conversations: a list, a page with each member one writes to, and reporting one to a broker."""

from collections.abc import Sequence

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import subjects
from timebank.actors import Actor, may_broker
from timebank.members.queries import list_membership_names
from timebank.messages import access, actions
from timebank.messages.queries import MessageRow, find_talk, list_messages, list_talks
from timebank.messages.rules import may_write
from timebank.references import Ref, Subject, parse
from timebank.rows import Page
from timebank.spelling import isolated
from timebank.tasks.queries import list_not_done
from timebank.tasks.rules import TaskKind
from timebank.web.access import allows, brokers, doing
from timebank.web.asked import asked_number, asked_words
from timebank.web.committing import committing, press
from timebank.web.extensions import db
from timebank.web.filters import today
from timebank.web.forms import ButtonForm
from timebank.web.message_words import ready_texts
from timebank.web.pages.messages import blueprint
from timebank.web.pages.messages.forms import MessageForm, ReportForm

_NONE: Page[MessageRow] = Page([], None)


@blueprint.get("/messages")
@allows(may_write)
def talks() -> str:
    """List one's conversations, the newest first."""
    page = list_talks(db.session(), g.bank.id, g.actor.membership_id, below=asked_number("below"))
    return render_template("messages/talks.html", page=page)


@blueprint.route("/members/<code:code>/messages", methods=["GET", "POST"])
@allows(may_write)
def talk(code: str) -> str | Response:
    """Show what the reader and a member have written to each other, and write."""
    other = access.get_other(db.session(), g.actor, code)
    about = access.find_about(db.session(), g.actor, other, asked_words("about"), today())
    form = MessageForm(about=str(about or ""), words=_ready(other))
    if form.validate_on_submit():
        with committing(form) as outcome:
            actions.write(db.session(), other, form.words.data or "", doing(form), about=form.about.data or "")
        if outcome.is_done:
            flash(_("%(name)s is told that you have written.", name=isolated(other.name)))
            return redirect(url_for("messages.talk", code=code), 303)
    return _show(other, form, about)


@blueprint.post("/members/<code:code>/messages/read")
@allows(may_write)
def seen(code: str) -> Response:
    """Say that one has read what a member wrote."""
    other = access.get_other(db.session(), g.actor, code)
    press(lambda doing: actions.see(db.session(), other, doing), _("All right: it waits for you no more."))
    return redirect(url_for("messages.talk", code=code), 303)


@blueprint.route("/members/<code:code>/messages/report", methods=["GET", "POST"])
@allows(may_write)
def report(code: str) -> str | Response:
    """Ask a broker to look at a conversation."""
    other = access.get_other(db.session(), g.actor, code)
    form = ReportForm()
    if form.validate_on_submit():
        with committing(form) as outcome:
            actions.report(db.session(), other, form.words.data or "", doing(form))
        if outcome.is_done:
            flash(_("Thank you. A broker looks at it, and gets in touch with you."))
            return redirect(url_for("messages.talk", code=code), 303)
    return render_template("messages/report.html", form=form, other=other)


@blueprint.get("/conversations/<code:code>")
@allows(brokers)
def reported(code: str) -> str:
    """Show a broker a conversation that was reported, once they have said that they read it."""
    session = db.session()
    sides = access.get_reported(session, g.actor, code)
    may_read = access.has_noted_reading(session, g.actor, code)
    page = list_messages(session, g.bank.id, code, below=asked_number("below")) if may_read else _NONE
    people = list_membership_names(session, g.bank.id, sides)
    return render_template(
        "messages/reported.html",
        code=code,
        task_code=list_not_done(session, g.bank.id, TaskKind.CONVERSATION_REPORTED)[f"{Subject.CONVERSATION}:{code}"],
        people=people,
        page=page,
        may_read=may_read,
        subjects=_name_subjects(page.rows),
        button=ButtonForm(),
    )


@blueprint.post("/conversations/<code:code>/reading")
@allows(brokers)
def reading(code: str) -> Response:
    """Note that a broker reads a reported conversation."""
    access.get_reported(db.session(), g.actor, code)
    press(lambda doing: actions.open_reported(db.session(), code, doing), "")
    return redirect(url_for("messages.reported", code=code), 303)


def _show(other: Actor, form: MessageForm, about: Ref | None) -> str:
    session = db.session()
    talk = find_talk(session, g.bank.id, g.actor.membership_id, other.membership_id)
    page = list_messages(session, g.bank.id, talk.code, below=asked_number("below")) if talk else _NONE
    return render_template(
        "messages/talk.html",
        form=form,
        other=other,
        talk=talk,
        page=page,
        about=about,
        subjects=_name_subjects(page.rows, about),
        may_answer=access.may_answer(g.actor, other),
        ready=ready_texts() if may_broker(g.actor) else {},
        button=ButtonForm(),
    )


def _name_subjects(rows: Sequence[MessageRow], about: Ref | None = None) -> dict[str, str]:
    """Return {reference: name} of what messages are about."""
    refs = {ref for row in rows if (ref := parse(row.about)) is not None} | ({about} if about else set())
    return {str(ref): name for ref, name in subjects.list_names(db.session(), g.bank.id, refs).items()}


def _ready(other: Actor) -> str:
    """Return a broker's ready text that the address names, to begin with."""
    name = request.args.get("ready", "")
    texts = ready_texts(other.name) if may_broker(g.actor) else {}
    return texts[name].text if name in texts else ""
