"""Home answers in one screen: my hours, what waits for me, and what I want to do."""

from flask import g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import clock
from timebank.actors import may_exchange
from timebank.announcements.queries import list_current
from timebank.bookkeeping.queries import get_account
from timebank.exchanges.queries import (
    MOST_OPEN,
    ExchangeRow,
    WaitingReversal,
    list_open,
    list_recent,
    list_waiting_reversals,
)
from timebank.exchanges.rules import State
from timebank.holders.queries import list_names
from timebank.matching.dismissing import dismiss
from timebank.matching.queries import list_to_answer
from timebank.matching.suggestion_rules import SuggestionKind
from timebank.matching.suggestions import list_suggestions
from timebank.members.models import Person
from timebank.messages.queries import list_unread
from timebank.messages.rules import may_write
from timebank.signing_in.queries import list_used_codes
from timebank.signing_in.rules import CODE_CARRIED
from timebank.web.access import allows, members, members_who_exchange
from timebank.web.committing import press
from timebank.web.extensions import db
from timebank.web.filters import today
from timebank.web.forms import ButtonForm
from timebank.web.pages.home import blueprint
from timebank.web.pages.home.asked import MOST, list_what_was_asked
from timebank.web.pages.home.thanks import thanks_for
from timebank.web.pages.home.waiting import part_open, reversals_for
from timebank.web.passwords import asks_for_password


@blueprint.get("/", strict_slashes=False)
@allows(members)
def home() -> str | Response:
    """A member's first page; those who only look after the bank go to the desk."""
    if not may_exchange(g.actor):
        return redirect(url_for("desk.desk"))
    session, account_id = db.session(), g.actor.account_id
    rows = list_open(session, g.bank.id, account_id)
    recent = list_recent(session, g.bank.id, account_id)
    reversals = list_waiting_reversals(session, g.bank.id, account_id=account_id)
    listed: list[ExchangeRow | WaitingReversal] = [*rows, *recent, *reversals]
    asked = list_what_was_asked()
    helpers = [helper.account_id for row in asked for helper in row.helpers]
    sides = [row.giver_account_id for row in listed] + [row.receiver_account_id for row in listed]
    return render_template(
        "home/home.html",
        account=get_account(session, g.bank.id, account_id),
        open=part_open(rows, account_id),
        more_open=len(rows) == MOST_OPEN,
        recorded=State.RECORDED,
        reversals=reversals_for(reversals, account_id),
        last=recent[0] if recent else None,
        names=list_names(session, g.bank.id, [*sides, *helpers]),
        asked=asked,
        most_asked=MOST,
        button_form=ButtonForm(),
        thanks=thanks_for(recent, account_id),
        **_what_is_new(),
        **_about_codes(),
        email_fails=_email_fails(),
    )


def _what_is_new() -> dict[str, object]:
    """Return the reader's announcements, invitations, unread messages and suggestions, by their template names."""
    session, own, member_id = db.session(), g.bank.id, g.actor.membership_id
    return {
        "announcements": list_current(session, own, today=today()),
        "invitations": list_to_answer(session, own, member_id, today=today()),
        "unread": list_unread(session, own, member_id, MOST) if may_write(g.actor) else [],
        "suggestions": list_suggestions(session, g.actor, now=clock.now(), today=today()),
    }


def _email_fails() -> bool:
    """Return whether nothing reaches the e-mail of the reader, who reads this themselves."""
    person = db.session().get_one(Person, g.actor.person_id)
    return g.actor.hand is None and person.email is not None and person.email_failed_at is not None


def _about_codes() -> dict[str, object]:
    """Return which sign-in codes were used of late, for members themselves, and whether to choose a password now."""
    since = clock.now() - CODE_CARRIED
    used_codes = list_used_codes(db.session(), g.actor.person_id, since) if g.actor.hand is None else []
    may_choose = g.actor.code_maker is not None and not asks_for_password(g.actor)
    return {"used_codes": used_codes, "may_choose_password": may_choose}


@blueprint.post("/dismissed-suggestions/<any(help, ask, nudge):kind>/<path:about>")
@allows(members_who_exchange)
def dismissed(kind: str, about: str) -> Response:
    """Say that a suggestion is not for one."""
    thanks = _("All right. It does not come back for half a year.")
    press(lambda doing: dismiss(db.session(), g.bank, SuggestionKind(kind), about, doing), thanks)
    return redirect(url_for("home.home"), 303)
