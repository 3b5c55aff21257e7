"""What happened at the doors: security events, and what was done in sessions that a broker's code opened."""

from collections.abc import Mapping

from flask import g, render_template
from flask_babel import gettext as _

from timebank import subjects
from timebank.members.queries import list_membership_names, list_person_names
from timebank.references import DeedName, Ref, parse
from timebank.security.queries import list_events
from timebank.security.rules import EventKind
from timebank.trail.queries import CodeDeed, list_code_deeds
from timebank.web.access import allows, auditors, coordinators
from timebank.web.asked import asked_number
from timebank.web.extensions import db
from timebank.web.pages.audit import blueprint
from timebank.web.pages.audit.deed_words import deed_words
from timebank.web.pages.audit.wanted import asked_one_of

_BETWEEN_TWO = frozenset({DeedName.MESSAGE_WRITTEN, DeedName.MESSAGES_SEEN, DeedName.CONVERSATION_REPORTED})
#: Groups of events, by the word in the URL.
GROUPS: dict[str, frozenset[EventKind]] = {
    "all": frozenset(),
    "sign-ins": frozenset(
        {EventKind.SIGNED_IN, EventKind.SIGNED_IN_WITH_CODE, EventKind.SIGNED_OUT, EventKind.OTHERS_SIGNED_OUT}
    ),
    "refused": frozenset(
        {
            EventKind.SIGN_IN_FAILED,
            EventKind.SIGN_IN_STOPPED,
            EventKind.CODE_FAILED,
            EventKind.TEXT_ANSWER_FAILED,
            EventKind.PASSWORD_REFUSED,
            EventKind.PAGE_REFUSED,
            EventKind.FORM_REFUSED,
        }
    ),
    "changes": frozenset(
        {
            EventKind.CODE_MADE,
            EventKind.CODE_ASKED_FOR,
            EventKind.PASSWORD_CHANGED,
            EventKind.NAME_CHANGED,
            EventKind.CONTACT_CHANGED,
            EventKind.CONTACT_PROVED,
            EventKind.ROLE_GIVEN,
            EventKind.ROLE_TAKEN,
            EventKind.STANDING_CHANGED,
        }
    ),
}


@blueprint.get("/audit/security")
@allows(coordinators)
def security() -> str:
    """List sign-ins, refusals, codes, and changes of contacts and roles, newest first."""
    group = asked_one_of("show", list(GROUPS))
    page = list_events(db.session(), g.bank.id, kinds=GROUPS[group], after=asked_number("below"))
    return render_template(
        "audit/security.html",
        page=page,
        group=group,
        groups=[(word, _group_words(word)) for word in GROUPS],
        persons=list_person_names(db.session(), [row.person_id for row in page.rows]),
        people=list_membership_names(db.session(), g.bank.id, [row.done_by for row in page.rows]),
        event_words=event_words,
    )


@blueprint.get("/audit/code-sessions")
@allows(auditors)
def code_sessions() -> str:
    """List what was done in sessions that a broker's sign-in code opened: the broker could have done it too."""
    page = list_code_deeds(db.session(), g.bank.id, below=asked_number("below"))
    refs = [ref for row in page.rows if (ref := parse(row.subject)) is not None]
    names = subjects.list_names(db.session(), g.bank.id, refs)
    doers = [doer for row in page.rows for doer in (row.done_by, row.code_made_by)]
    return render_template(
        "audit/code_sessions.html",
        page=page,
        names={row.id: _name_of(row, names) for row in page.rows},
        people=list_membership_names(db.session(), g.bank.id, doers),
        deed_words=deed_words,
    )


def _name_of(row: CodeDeed, names: Mapping[Ref, str]) -> str:
    """Return the name of what was done something to; empty for messages: who writes to whom is theirs."""
    ref = parse(row.subject)
    return names.get(ref, "") if ref is not None and row.deed not in _BETWEEN_TWO else ""


def _group_words(group: str) -> str:
    words = {
        "all": _("everything"),
        "sign-ins": _("signing in and out"),
        "refused": _("what was refused"),
        "changes": _("codes, contacts, roles and standing"),
    }
    return str(words[group])


def event_words(kind: str) -> str:
    """Return what happened, in words that stand alone."""
    words = {
        EventKind.SIGNED_IN: _("Signed in with a password"),
        EventKind.SIGNED_IN_WITH_CODE: _("Signed in with a code"),
        EventKind.SIGN_IN_FAILED: _("A sign-in did not fit"),
        EventKind.SIGN_IN_STOPPED: _("Too many tries: a sign-in was stopped"),
        EventKind.SIGNED_OUT: _("Signed out"),
        EventKind.OTHERS_SIGNED_OUT: _("Signed out on every other device"),
        EventKind.CODE_MADE: _("A sign-in code was made"),
        EventKind.CODE_ASKED_FOR: _("The first half of a sign-in code was made"),
        EventKind.CODE_FAILED: _("A code did not work"),
        EventKind.TEXT_ANSWER_FAILED: _("A text had a code that fits nothing"),
        EventKind.PASSWORD_CHANGED: _("Chose a new password"),
        EventKind.PASSWORD_REFUSED: _("The present password was asked for and did not fit"),
        EventKind.NAME_CHANGED: _("A name was changed"),
        EventKind.CONTACT_CHANGED: _("A phone or an e-mail was changed"),
        EventKind.CONTACT_PROVED: _("A phone or an e-mail was found to be theirs"),
        EventKind.ROLE_GIVEN: _("A role was given"),
        EventKind.ROLE_TAKEN: _("A role was taken"),
        EventKind.STANDING_CHANGED: _("A standing was changed"),
        EventKind.PAGE_REFUSED: _("A page was refused"),
        EventKind.FORM_REFUSED: _("A form without the sign of its page was refused"),
    }
    return str(words[EventKind(kind)])
