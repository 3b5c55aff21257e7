"""Pages of entries: all, those recorded late, and everything about one."""

from collections.abc import Iterator

from flask import Response, abort, g, render_template, url_for
from flask_babel import gettext as _

from timebank import clock
from timebank.actors import may_approve, may_broker, may_coordinate
from timebank.audit.queries import years
from timebank.audit.rules import address_of
from timebank.audit.stories import People, Story, find_story, list_people
from timebank.bookkeeping.audit_queries import EntryFilter, EntryRow, Late, list_entries
from timebank.codes import spoken
from timebank.exchanges.rules import may_propose_reversal
from timebank.ledger.entries import EntryKind
from timebank.rows import Page
from timebank.web.access import allows, auditors
from timebank.web.asked import asked_number
from timebank.web.book_words import account_words, kind_words
from timebank.web.extensions import db
from timebank.web.filters import late_for
from timebank.web.forms import ButtonForm
from timebank.web.pages.audit import blueprint
from timebank.web.pages.audit.deed_words import deed_words, step_words
from timebank.web.pages.audit.wanted import asked_one_of
from timebank.web.spreadsheet import send_in_turn

_SHEET_PAGE = 1_000
_REVERSALS = "taken-back"
#: What the list of entries can be narrowed down to.
KINDS = ("", *(kind.value for kind in EntryKind), _REVERSALS)


@blueprint.get("/audit/entries")
@allows(auditors)
def entries() -> str:
    """List every entry of the bank, newest first, or those of one kind."""
    kind = asked_one_of("kind", KINDS)
    page = _page(_filter(kind), asked_number("below"))
    return render_template(
        "audit/entries.html",
        page=page,
        people=_people(page),
        kind=kind,
        kinds=[kind.value for kind in EntryKind],
        taken_back=_REVERSALS,
        address_of=address_of,
        kind_words=kind_words,
    )


@blueprint.get("/audit/entries.csv")
@allows(auditors)
def entries_csv() -> Response:
    """The same entries as a spreadsheet."""
    return send_in_turn(f"entries-{g.bank.slug}.csv", _cells(_filter(asked_one_of("kind", KINDS))))


@blueprint.get("/audit/late-entries")
@allows(auditors)
def late_entries() -> str:
    """List entries posted in a later month than they happened, or more than 30 days after."""
    late = Late(asked_one_of("late", tuple(Late)))
    page = _page(EntryFilter(late=late), asked_number("below"))
    return render_template(
        "audit/late_entries.html",
        page=page,
        people=_people(page),
        late=late,
        address_of=address_of,
        kind_words=kind_words,
    )


@blueprint.get("/audit/late-entries.csv")
@allows(auditors)
def late_entries_csv() -> Response:
    """The same entries as a spreadsheet."""
    late = Late(asked_one_of("late", tuple(Late)))
    return send_in_turn(f"late-entries-{g.bank.slug}.csv", _cells(EntryFilter(late=late)))


@blueprint.get("/entries/<word:word>/<entry:code>")
@allows(auditors)
def entry(word: str, code: str) -> str:
    """Show an entry with everything connected to it."""
    story = find_story(db.session(), g.bank.id, word, code)
    if story is None:
        abort(404)
    return render_template(
        "audit/entry.html",
        story=story,
        form=ButtonForm(),
        word=word,
        code=code,
        may_take_back=_may_take_back(story),
        take_back_url=url_for("corrections.reversal", word=word, code=code),
        # Auditors read the books and the trail, never what people wrote in a dispute.
        sees_words=may_broker(g.actor) or may_approve(g.actor),
        address_of=address_of,
        kind_words=kind_words,
        account_words=account_words,
        deed_words=deed_words,
        step_words=step_words,
    )


def _may_take_back(story: Story) -> bool:
    """Return whether the reader may reverse what is left of the entry; an exchange is reversed on its own page."""
    if story.exchange is not None:
        return may_propose_reversal(story.exchange.snapshot(), g.actor) and not story.entry.reverses
    return may_coordinate(g.actor) and story.lines_left > 0


def _filter(kind: str) -> EntryFilter:
    if kind == _REVERSALS:
        return EntryFilter(only_reversals=True)
    return EntryFilter(kind=EntryKind(kind)) if kind else EntryFilter()


def _page(entry_filter: EntryFilter, below: int | None, size: int = 25) -> Page[EntryRow]:
    zone, span = g.bank.time_zone, years(g.bank, clock.now())
    return list_entries(db.session(), g.bank.id, entry_filter, time_zone=zone, years=span, below=below, size=size)


def _people(page: Page[EntryRow]) -> People:
    sides = {account for row in page.rows for line in row.lines for account in line[:2]}
    doers = {doer for row in page.rows for doer in (row.recorded_by, row.on_behalf_of, row.approved_by)}
    return list_people(db.session(), g.bank.id, doers, sides)


def _cells(entry_filter: EntryFilter) -> Iterator[tuple[str | int | None, ...]]:
    days = (_("Day"), _("Recorded on"), _("Kind"), _("Reference"))
    yield (
        *days,
        _("From"),
        _("To"),
        _("Minutes"),
        _("What"),
        _("Recorded by"),
        _("For"),
        _("Approved by"),
        _("Late for"),
    )
    kinds = {kind.value: kind_words(kind) for kind in EntryKind}  # translated once, not for each of 100,000 rows
    below: int | None = None
    while True:
        page = _page(entry_filter, below, _SHEET_PAGE)
        people = _people(page)
        for row in page.rows:
            yield from _lines(row, people, kinds[row.kind])
        if page.next is None:
            return
        below = page.next


def _lines(row: EntryRow, people: People, kind: str) -> Iterator[tuple[str | int | None, ...]]:
    """Yield a row of cells for each line of the entry."""
    address = address_of(row.key)
    late = late_for(row.occurred_on, row.recorded_at)
    kind_cell = kind if row.reverses is None else _("taken back: %(kind)s", kind=kind)
    for line in row.lines:
        sides = [people.accounts.get(account, ("", ""))[0] for account in line[:2]]
        yield (
            row.occurred_on.isoformat(),
            clock.local_day(row.recorded_at, g.bank.time_zone).isoformat(),
            kind_cell,
            spoken(address[1]) if address else row.key,
            *sides,
            line[2],
            row.words or "",
            people.members.get(row.recorded_by, ""),
            people.members.get(row.on_behalf_of or 0, ""),
            people.members.get(row.approved_by or 0, ""),
            f"{late:%Y-%m}" if late else "",
        )
