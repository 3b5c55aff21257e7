"""The board: open requests with who could help, the plan for all of them, and circles of help."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _, ngettext
from werkzeug.wrappers import Response

from timebank import clock
from timebank.codes import heard, spoken
from timebank.jobs.actions import ask
from timebank.jobs.rules import JobKind
from timebank.listings.filling import next_day, places_left
from timebank.matching.board import Board, Pairing
from timebank.matching.board_data import BoardData, read_board
from timebank.matching.circles import find_circles
from timebank.matching.inviting import Line, Sent, invite_all, wants_of
from timebank.matching.planning import make_plan
from timebank.matching.queries import list_came_back, list_of_requests
from timebank.members.queries import list_ids_of_codes
from timebank.web.access import allows, brokers, doing
from timebank.web.asked import asked_number
from timebank.web.committing import committing
from timebank.web.extensions import db
from timebank.web.filters import today
from timebank.web.pages.matching import blueprint
from timebank.web.pages.matching.forms import PlanForm
from timebank.web.pages.matching.reasons import why
from timebank.web.sentences import say

REQUESTS_A_PAGE = 20
NAMED = 3
CAME_BACK = timedelta(days=7)
#: So long a circle is looked for while somebody waits for the page.
SECONDS = 3.0
_MOST_LINES = 200
#: More lines than so many are sent by the worker: each is a transaction of its own that checks everything again.
HANDFUL = 5


@blueprint.get("/board")
@allows(brokers)
def board() -> str:
    """List the open requests, each with who was asked and who could be, a page at a time."""
    data = _read()
    number = min(asked_number("page") or 1, 1 + max(0, len(data.requests) - 1) // REQUESTS_A_PAGE)
    requests = data.requests[(number - 1) * REQUESTS_A_PAGE : number * REQUESTS_A_PAGE]
    pairings = Board(data).compare(requests)
    return render_template(
        "matching/board.html",
        rows=list(zip(requests, [few[:NAMED] for few in pairings], strict=True)),
        asked=list_of_requests(db.session(), g.bank.id, [row.id for row in requests]),
        came_back=list_came_back(db.session(), g.bank.id, since=clock.now() - CAME_BACK),
        number=number,
        total=len(data.requests),
        has_next=number * REQUESTS_A_PAGE < len(data.requests),
        places_left=places_left,
        why=why,
    )


@blueprint.route("/board/plan", methods=["GET", "POST"])
@allows(brokers)
def plan() -> str | Response:
    """Show whom the best plan for all requests would ask, line by line; ask those who are chosen."""
    form = PlanForm(how_long=_("1 hour"))
    if form.validate_on_submit():
        answer = _send(form)
        if answer is not None:
            return answer
    return render_template("matching/plan.html", form=form, plan=make_plan(_read()), why=why, line_of=_line_of)


@blueprint.route("/board/circles", methods=["GET", "POST"])
@allows(brokers)
def circles() -> str | Response:
    """Show circles of help; ask everybody in one of them."""
    form = PlanForm(how_long=_("1 hour"))
    if form.validate_on_submit():
        answer = _send(form)
        if answer is not None:
            return answer
    best = find_circles(_read(), seconds=SECONDS)
    forms = [_form_of_circle(form, number) for number in range(1, len(best.circles) + 1)]
    return render_template("matching/circles.html", form=form, forms=forms, best=best, why=why, line_of=_line_of)


def _form_of_circle(form: PlanForm, number: int) -> PlanForm:
    """Return the form of one circle of a page, with a key and an id of its own; what was typed stays."""
    own = PlanForm(formdata=None, how_long=form.how_long.data)
    own.how_long.id = f"how_long_{number}"
    return own


def _line_of(pairing: Pairing) -> str:
    """Return a line as `_lines` reads it."""
    day = next_day(pairing.request, today())
    return f"{pairing.request.code}:{pairing.member.code}:{day.isoformat() if day else ''}"


def _read() -> BoardData:
    return read_board(db.session(), g.bank.id, now=clock.now(), today=today(), barred=[g.actor.membership_id])


def _send(form: PlanForm) -> Response | None:
    """Ask those whom the form names; return where to go on, or None where it is refused."""
    sent: Sent | None = None
    lines = _lines()
    if len(lines) > HANDFUL:
        return _ask_for_job(form, lines)
    with committing(form) as outcome:
        sent = invite_all(db.session(), g.bank, lines, form.how_long.minutes or 0, doing(form))
    if not outcome.is_done or sent is None:
        return None
    if sent.asked:
        flash(ngettext("One person is asked.", "%(num)s people are asked.", sent.asked))
    if sent.waiting:
        flash(ngettext("One person is asked next.", "%(num)s people are asked next.", sent.waiting))
    for line, error in sent.refused[:REQUESTS_A_PAGE]:
        flash(_("Not sent, for request %(code)s: %(why)s", code=spoken(line.listing_code), why=say(error)))
    return redirect(url_for("matching.board"), 303)


def _ask_for_job(form: PlanForm, lines: Sequence[Line]) -> Response | None:
    """Let the worker ask; None where another plan is under way, so that what was ticked stays on the page."""
    code = ""
    with committing(form) as outcome:
        code = ask(db.session(), JobKind.SEND_PLAN, wants_of(lines, form.how_long.minutes or 0), doing(form))
    return redirect(url_for("jobs.job", code=code), 303) if outcome.is_done else None


def _lines() -> Sequence[Line]:
    """Return each chosen line: 'K7M3Q2XZ:ABCD2345:2026-12-04', without a day where the request names none."""
    chosen = [value for key, value in request.form.items(multi=True) if key.startswith("line")][:_MOST_LINES]
    parts = [value.split(":") for value in chosen if value.count(":") == 2]  # noqa: PLR2004 (the three parts)
    named = [(heard(first), heard(second), _day_of(day)) for first, second, day in parts]
    ids = list_ids_of_codes(db.session(), g.bank.id, [member for _request, member, _day in named])
    return [Line(listing, ids[member], day) for listing, member, day in named if member in ids]


def _day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
