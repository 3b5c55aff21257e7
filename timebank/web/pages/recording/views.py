"""Writing help down, or arranging it: who, what, when, how long, then a page to check it all.

Answers are kept in a draft, so Back and Reload lose nothing, and sending a draft twice makes one exchange.
"""

from datetime import timedelta

from flask import g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import clock
from timebank.bookkeeping.queries import get_account
from timebank.exchanges import access, drafts
from timebank.exchanges.drafts import Purpose
from timebank.exchanges.errors import EvidenceMissingError, NothingSaidError, SamePersonError
from timebank.exchanges.queries import list_recent
from timebank.exchanges.rules import Side, may_record
from timebank.holders.queries import list_names
from timebank.ledger.hours import round_up_to_step
from timebank.members.queries import search_members
from timebank.spelling import fold, isolated
from timebank.web.access import allows, doing, members_who_exchange
from timebank.web.asked import asked_words
from timebank.web.committing import committing
from timebank.web.extensions import db
from timebank.web.filters import hours_in_words, today
from timebank.web.forms import ButtonForm, SelectChoice, tidy
from timebank.web.pages.recording import blueprint
from timebank.web.pages.recording.drafted import go_on, keep_and_go_on, kind_of, other_side
from timebank.web.pages.recording.forms import HowLongForm, SendForm, WhatForm, WhenForm, WhoForm
from timebank.web.pages.recording.way import minutes_there_and_back

#: Lengths to tap, in minutes; any other can be typed.
LENGTHS = (15, 30, 45, 60, 75, 90, 120, 180)
KNOWN_PEOPLE = 5


@blueprint.route("/help/<any(record, propose):purpose>/<any(giver, receiver):side>", methods=["GET", "POST"])
@allows(members_who_exchange)
def start(purpose: str, side: str) -> str | Response:
    """Ask with whom; the answer starts the draft."""
    form, accounts_by_code = _who_form(chosen=asked_words("with"))
    if form.validate_on_submit():
        other = _chosen_person(form, accounts_by_code, before=accounts_by_code.get(asked_words("with")))
        if other is not None:
            now, key = clock.now(), form.key
            draft = drafts.start(db.session(), g.actor, Purpose(purpose), Side(side), now=now, form_key=key)
            draft.other_account_id = other
            db.session.commit()
            return redirect(url_for("recording.what", code=draft.code), 303)
    return render_template("recording/who.html", form=form, side=side, purpose=purpose, draft=None)


@blueprint.route("/drafts/<code:code>/who", methods=["GET", "POST"])
@allows(members_who_exchange)
def who(code: str) -> str | Response:
    """Change the answer to who."""
    draft = access.get_draft(db.session(), g.actor, code)
    if draft.exchange_id is not None:
        return redirect(url_for("recording.check", code=code))
    form, accounts_by_code = _who_form(chosen=None, account_id=draft.other_account_id)
    if form.validate_on_submit():
        other = _chosen_person(form, accounts_by_code, before=draft.other_account_id)
        if other is not None:
            drafts.choose_other(draft, other)
            return keep_and_go_on(draft)
    return render_template("recording/who.html", form=form, side=draft.side, purpose=draft.purpose, draft=draft)


@blueprint.route("/drafts/<code:code>/what", methods=["GET", "POST"])
@allows(members_who_exchange)
def what(code: str) -> str | Response:
    """Ask what the help was."""
    draft = access.get_draft(db.session(), g.actor, code)
    if draft.exchange_id is not None:
        return redirect(url_for("recording.check", code=code))
    form = WhatForm(what=draft.what)
    if form.validate_on_submit():
        draft.what = tidy(form.what.data)
        if draft.what:
            return keep_and_go_on(draft)
        form.refuse(NothingSaidError(), form.what)
    return render_template("recording/what.html", form=form, draft=draft, other=other_side(draft))


@blueprint.route("/drafts/<code:code>/when", methods=["GET", "POST"])
@allows(members_who_exchange)
def when(code: str) -> str | Response:
    """Ask for the day."""
    draft = access.get_draft(db.session(), g.actor, code)
    form = WhenForm()
    now = today()
    days = {"today": now, "yesterday": now - timedelta(days=1)}
    if draft.purpose == Purpose.PROPOSE:
        days = {"today": now, "tomorrow": now + timedelta(days=1)}
    words = {"today": _("Today"), "yesterday": _("Yesterday"), "tomorrow": _("Tomorrow")}
    form.choice.choices = [SelectChoice(key, words[key]) for key in days] + [SelectChoice("other", _("Another day"))]
    if form.validate_on_submit():
        # What was typed counts, whichever button is still pressed in.
        day = form.day.day or days.get(form.choice.data or "")
        if day is None:
            form.day.errors = [_("Choose a day, or type it.")]
        else:
            with committing(form, form.day) as outcome:
                drafts.check_day(g.bank, draft, day, clock.now())
                draft.day = day
            if outcome.is_done:
                return go_on(draft)
    elif not form.is_submitted() and draft.day is not None:
        form.choice.data = next((key for key, day in days.items() if day == draft.day), "other")
        form.day.data = draft.day.strftime("%d/%m/%Y") if form.choice.data == "other" else ""
    return render_template("recording/when.html", form=form, draft=draft, other=other_side(draft))


@blueprint.route("/drafts/<code:code>/how-long", methods=["GET", "POST"])
@allows(members_who_exchange)
def how_long(code: str) -> str | Response:
    """Ask how long it took."""
    draft = access.get_draft(db.session(), g.actor, code)
    form = HowLongForm()
    form.choice.choices = [SelectChoice(str(length), hours_in_words(length)) for length in LENGTHS]
    form.choice.choices.append(SelectChoice("other", _("Another time")))
    if form.validate_on_submit():
        choice = form.choice.data or ""
        minutes = form.how_long.minutes or (int(choice) if choice in {str(length) for length in LENGTHS} else None)
        if minutes is not None:
            draft.minutes = minutes
            if draft.purpose == Purpose.PROPOSE:
                draft.travel_minutes, draft.preparation_minutes = form.travel.minutes, form.preparation.minutes
            return keep_and_go_on(draft)
        form.how_long.errors = [_("Choose how long it took, or type it.")]
    elif not form.is_submitted() and draft.minutes is not None:
        form.choice.data = str(draft.minutes) if draft.minutes in LENGTHS else "other"
        form.how_long.data = hours_in_words(draft.minutes) if form.choice.data == "other" else ""
        form.travel.data = hours_in_words(draft.travel_minutes) if draft.travel_minutes else ""
        form.preparation.data = hours_in_words(draft.preparation_minutes) if draft.preparation_minutes else ""
    way = minutes_there_and_back(draft)
    return render_template("recording/how_long.html", form=form, draft=draft, other=other_side(draft), way=way)


@blueprint.route("/drafts/<code:code>/check", methods=["GET", "POST"])
@allows(members_who_exchange)
def check(code: str) -> str | Response:
    """Show all answers, each with a link to change it; the button submits the draft."""
    draft = access.get_draft(db.session(), g.actor, code)
    terms = drafts.terms(draft, g.actor)
    if terms is None:
        return go_on(draft)
    form = SendForm()
    if form.validate_on_submit():
        slip = bool(form.slip.data) and g.actor.hand is not None and draft.purpose == Purpose.RECORD
        by = g.actor.with_evidence(form.evidence.data, slip=slip)
        with committing(form, {EvidenceMissingError: form.evidence}) as outcome:
            exchange_code = drafts.send(db.session(), g.bank, draft, terms, doing(by=by), slip=slip)
        if outcome.is_done:
            return redirect(url_for("exchanges.done", code=exchange_code), 303)
    return render_template(
        "recording/check.html",
        form=form,
        draft=draft,
        said=terms,
        counted=round_up_to_step(terms.total_minutes),
        kind=kind_of(draft),
        other=other_side(draft),
        account=get_account(db.session(), g.bank.id, g.actor.account_id),
    )


@blueprint.post("/exchanges/<code:code>/again")
@allows(members_who_exchange)
def again(code: str) -> Response:
    """Start a draft like this exchange, which asks for the day only."""
    exchange = access.get_for_draft(db.session(), g.actor, code)
    draft = drafts.start_like(db.session(), g.actor, exchange, now=clock.now(), form_key=ButtonForm().key)
    db.session.commit()
    return go_on(draft)


@blueprint.post("/exchanges/<code:code>/recording")
@allows(members_who_exchange)
def record_agreed(code: str) -> Response:
    """Start a draft that records what was agreed, which asks for the day and has the agreed time to be checked."""
    exchange = access.get_for_draft(db.session(), g.actor, code)
    if not may_record(exchange.snapshot(), g.actor):
        return redirect(url_for("exchanges.exchange", code=code), 303)
    draft = drafts.start_for(db.session(), g.actor, exchange, now=clock.now(), form_key=ButtonForm().key)
    db.session.commit()
    return redirect(url_for("recording.when", code=draft.code), 303)


def _who_form(chosen: str | None, account_id: int | None = None) -> tuple[WhoForm, dict[str, int]]:
    """Return the form with people to choose from, and {member code: account id} of them.

    They are the matches of the typed words and the members of recent exchanges.
    """
    form = WhoForm()
    session, bank_id, own = db.session(), g.bank.id, g.actor.account_id
    words = (form.words.data or "").strip()
    people: dict[str, tuple[int, str]] = {}
    if words:
        rows = search_members(session, bank_id, words, but_not_account=own)
        people = {
            row.code: (row.account_id, _("%(name)s, number %(number)s", name=isolated(row.name), number=row.number))
            for row in rows
        }
    recent = list_recent(session, bank_id, own)
    known = [row.receiver_account_id if row.giver_account_id == own else row.giver_account_id for row in recent]
    known = list(dict.fromkeys(([account_id] if account_id else []) + known))[:KNOWN_PEOPLE]
    names = list_names(session, bank_id, known)
    for account in known:
        if account in names:
            name, code, _kind = names[account]
            people.setdefault(code, (account, name))
    chosen_code = form.person.data or chosen
    if chosen_code and chosen_code not in people:
        people |= _linked_person(chosen_code)
    form.person.choices = [SelectChoice(code, name) for code, (_account, name) in people.items()]
    if not form.is_submitted():
        form.person.data = next((code for code, (account, _n) in people.items() if account == account_id), chosen)
    return form, {code: account for code, (account, _name) in people.items()}


def _linked_person(code: str) -> dict[str, tuple[int, str]]:
    """Return {code: (account id, name)} of a member named in the URL, or chosen in a list that has changed since."""
    rows = search_members(db.session(), g.bank.id, "", code=code, but_not_account=g.actor.account_id)
    return {row.code: (row.account_id, row.name) for row in rows}


def _chosen_person(form: WhoForm, accounts_by_code: dict[str, int], *, before: int | None) -> int | None:
    """Return the chosen account, or the only match of the typed words; else None, with an error at a field.

    `before` was chosen when the page was rendered: typed words for somebody else override it.
    """
    words = (form.words.data or "").strip()
    rows = search_members(db.session(), g.bank.id, words, but_not_account=g.actor.account_id) if words else []
    chosen = accounts_by_code.get(form.person.data or "")
    is_typed_over = bool(words) and chosen == before and chosen not in {row.account_id for row in rows}
    if chosen is not None and not is_typed_over:
        return chosen
    if words:
        if len(rows) == 1:
            return int(rows[0].account_id)
        if rows:
            form.words.errors = [_("More than one person is called that. Choose one below.")]
        elif words.lstrip("0") == str(g.actor.number) or fold(words) == fold(g.actor.name):
            form.refuse(SamePersonError(), form.words)
        else:
            form.words.errors = [_("Nobody here is called that. Try the first name alone, or ring us.")]
    else:
        form.words.errors = [_("Choose somebody, or type a name.")]
    return None
