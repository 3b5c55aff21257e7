"""Letters: what waits to be printed, the printed bundles, and which were posted."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, current_app, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import clock
from timebank.members.queries import list_membership_names
from timebank.telling.letters import (
    BundleRow,
    Letter,
    count_letters,
    find_bundle,
    list_bundles,
    list_letters,
    note_posted,
    print_letters,
)
from timebank.telling.posted_letters import list_posted_bundles, list_posted_letters, print_again, prints_again
from timebank.telling.recipients import Recipient
from timebank.web.access import allows, brokers, doing
from timebank.web.asked import asked_number
from timebank.web.committing import committing, press
from timebank.web.extensions import db
from timebank.web.filters import day_in_full
from timebank.web.forms import ButtonForm
from timebank.web.pages.notices import blueprint
from timebank.web.pages.notices.forms import PostedForm
from timebank.web.telling.words import Words
from timebank.web.telling.writing import list_words


@dataclass(frozen=True, slots=True)
class PrintedLetter:
    """A letter as it is printed: its reader, and the words of its notices."""

    reader: Recipient
    words: Sequence[Words]


@blueprint.get("/letters")
@allows(brokers)
def letters() -> str:
    """List the letters that wait to be printed, and the bundles that wait to be posted."""
    session, bundles = db.session(), list_bundles(db.session(), g.bank.id)
    return render_template(
        "notices/letters.html",
        letters=list_letters(session, g.bank.id, clock.now()),
        count=count_letters(session, g.bank.id),
        bundles=bundles,
        people=list_membership_names(session, g.bank.id, [bundle.printed_by for bundle in bundles]),
        form=ButtonForm(),
    )


@blueprint.post("/letters")
@allows(brokers)
def make_bundle() -> Response:
    """Put what waits into a bundle, and show it."""
    to, form = url_for("notices.letters"), ButtonForm()
    with committing() as outcome:
        code = print_letters(db.session(), g.bank, doing(form), has_mail=current_app.config["SENDS_MAIL"])
    if outcome.is_done:
        to = url_for("notices.bundle", code=code)
    return redirect(to, 303)


@blueprint.route("/letters/<code:code>", methods=["GET", "POST"])
@allows(brokers)
def bundle(code: str) -> str | Response:
    """Show a bundle as it is printed, and note which of its letters were posted."""
    session, form, row = db.session(), PostedForm(), _get_bundle(code)
    if form.is_submitted():
        posted = form.posted.data or []
        thanks = _("Thank you. It is written down.")
        if not posted:
            thanks = _("None of them is posted. They wait for the next letters.")
        press(lambda doing: note_posted(session, g.bank, code, posted, doing), thanks, form)
        return redirect(url_for("notices.letters"), 303)
    if row.posted_at is not None:
        return _show_posted(row)
    in_bundle = list_letters(session, g.bank.id, clock.now(), row.id)
    printed = [_print(letter) for letter in in_bundle if letter.is_needed]
    form.offer([(letter.reader.code, letter.reader.name) for letter in printed])
    return render_template("notices/bundle.html", bundle=row, day=_day_of(row), letters=printed, form=form)


@blueprint.get("/letters/posted")
@allows(brokers)
def posted() -> str:
    """List the bundles that were posted: when, by whom, and how many letters, without the names on them."""
    page = list_posted_bundles(db.session(), g.bank.id, below=asked_number("below"))
    doers = [doer for row in page.rows for doer in (row.printed_by, row.posted_by)]
    people = list_membership_names(db.session(), g.bank.id, doers)
    return render_template("notices/posted.html", page=page, people=people)


@blueprint.post("/letters/<code:code>/again")
@allows(brokers)
def again(code: str) -> Response:
    """Note that a posted bundle is printed again, and show its letters."""
    if _get_bundle(code).posted_at is not None:
        press(lambda doing: print_again(db.session(), code, doing), "")
    return redirect(url_for("notices.bundle", code=code), 303)


def _get_bundle(code: str) -> BundleRow:
    row = find_bundle(db.session(), g.bank.id, code)
    return row if row is not None else abort(404)


def _show_posted(bundle: BundleRow) -> str:
    """Render a posted bundle: to whom it went, and its letters once the reader has said that they print them again."""
    session, now = db.session(), clock.now()
    letters = list_posted_letters(session, g.bank.id, bundle.id, now)
    prints = prints_again(session, g.actor, bundle.code, now)
    return render_template(
        "notices/posted_bundle.html",
        bundle=bundle,
        day=_day_of(bundle),
        all_letters=letters,
        prints=prints,
        letters=[_print(letter) for letter in letters if letter.is_needed] if prints else [],
        people=list_membership_names(session, g.bank.id, [bundle.printed_by, bundle.posted_by]),
        form=ButtonForm(),
    )


def _day_of(bundle: BundleRow) -> str:
    return day_in_full(clock.local_day(bundle.printed_at, g.bank.time_zone))


def _print(letter: Letter) -> PrintedLetter:
    return PrintedLetter(letter.reader, list_words(db.session(), letter.reader, letter.notices))
