"""Who read, printed or saved what is another's: reported conversations, letters, and files of the books."""

from collections.abc import Mapping, Sequence
from datetime import date
from operator import attrgetter

from flask import g, render_template, url_for
from flask_babel import gettext as _

from timebank import subjects
from timebank.clock import moments_of
from timebank.codes import heard, spoken
from timebank.errors import TimebankError
from timebank.messages.queries import list_codes_of_side
from timebank.references import Subject, code_of, parse
from timebank.telling.recipients import list_recipients
from timebank.trail.queries import ReadingRow, list_readings, list_who_read
from timebank.web.access import allows, coordinators
from timebank.web.asked import asked_number, asked_words
from timebank.web.days import read_day
from timebank.web.extensions import db
from timebank.web.pages.audit import blueprint
from timebank.web.pages.audit.deed_words import deed_words
from timebank.web.sentences import say


@blueprint.get("/audit/readings")
@allows(coordinators)
def readings() -> str:
    """List what was read, printed and saved, newest first; of one person, or of one day, if asked."""
    session, person = db.session(), heard(asked_words("person"))
    readers = list_recipients(session, g.bank.id, list_who_read(session, g.bank.id))
    by_name = attrgetter("name")
    by = next((reader.membership_id for reader in readers.values() if reader.code == person), None)
    day, problem = _asked_day()
    during = moments_of(day, g.bank.time_zone) if day is not None else None
    page = list_readings(session, g.bank.id, by=by, during=during, below=asked_number("below"))
    rows = _without_own(page.rows)
    return render_template(
        "audit/readings.html",
        page=page,
        rows=rows,
        what=_what(rows),
        people={member_id: reader.name for member_id, reader in readers.items()},
        readers=[
            ("", _("Everybody")),
            *((reader.code, reader.name) for reader in sorted(readers.values(), key=by_name)),
        ],
        person=person if by is not None else "",
        typed=asked_words("day").strip(),
        problem=problem,
        deed_words=deed_words,
    )


def _asked_day() -> tuple[date | None, str]:
    """Return the day in the URL and an empty text; None and what is wrong with it where it cannot be read."""
    typed = asked_words("day").strip()
    try:
        return (read_day(typed) if typed else None), ""
    except TimebankError as error:
        return None, say(error)


def _without_own(rows: Sequence[ReadingRow]) -> list[ReadingRow]:
    """Leave out conversations of the reader's own: a side does not learn that the other reported it."""
    codes = {code for row in rows if (code := code_of(Subject.CONVERSATION, row.subject))}
    own = list_codes_of_side(db.session(), g.bank.id, g.actor.membership_id, codes)
    return [row for row in rows if code_of(Subject.CONVERSATION, row.subject) not in own]


def _what(rows: Sequence[ReadingRow]) -> Mapping[int, tuple[str, str | None]]:
    """Return {id: (name or code, URL or None)} of what was read. A conversation's page is for its broker alone."""
    refs = {row.id: ref for row in rows if (ref := parse(row.subject)) is not None}
    names = subjects.list_names(db.session(), g.bank.id, set(refs.values()))
    return {
        row_id: (
            names.get(ref, spoken(ref.code)),
            url_for("notices.bundle", code=ref.code) if ref.subject is Subject.LETTERS else None,
        )
        for row_id, ref in refs.items()
    }
