"""All exchanges of the bank, filtered, with totals; as a page and as a spreadsheet."""

from collections.abc import Iterator, Sequence

from flask import g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.audit.exchanges import AuditedExchange, count_exchanges, list_batches, list_exchanges
from timebank.codes import spoken
from timebank.exchanges.rules import State
from timebank.holders.queries import HolderName, list_names
from timebank.listings.tree import Tree
from timebank.web.access import allows, auditors
from timebank.web.asked import asked_number
from timebank.web.exchange_words import state_words
from timebank.web.extensions import db
from timebank.web.filters import hours_short
from timebank.web.pages.audit import blueprint
from timebank.web.pages.audit.wanted import Wanted, read_wanted, usual_periods
from timebank.web.spreadsheet import send_in_turn

Cells = Sequence[str | int | None]


@blueprint.get("/audit/exchanges")
@allows(auditors)
def exchanges() -> str:
    """List the exchanges that match, a page at a time, with totals of all matches."""
    search = read_wanted()
    below = asked_number("below")
    page = list_exchanges(db.session(), g.bank.id, search.meant, below=below)
    sides = [side for row in page.rows for side in (row.giver_account_id, row.receiver_account_id)]
    return render_template(
        "audit/exchanges.html",
        page=page,
        totals=count_exchanges(db.session(), g.bank.id, search.meant),
        names=list_names(db.session(), g.bank.id, sides),
        wanted=search,
        periods=usual_periods(search.typed),
        is_first=below is None,
    )


@blueprint.get("/audit/exchanges.csv")
@allows(auditors)
def exchanges_csv() -> Response:
    """Stream the exchanges that match as a spreadsheet, a thousand rows at a time."""
    search = read_wanted()
    if search.problems:
        return redirect(url_for("audit.exchanges", **search.typed))
    return send_in_turn(f"exchanges-{g.bank.slug}.csv", _cells(search))


def _cells(search: Wanted) -> Iterator[Cells]:
    session, bank_id = db.session(), g.bank.id
    heads = (_("Day"), _("Reference"), _("State"), _("Who gave"), _("Who received"), _("What"))
    yield (*heads, _("Category"), _("Minutes"), _("Hours"))
    say = _Words(search.tree)
    for rows in list_batches(session, bank_id, search.meant):
        sides = [side for row in rows for side in (row.giver_account_id, row.receiver_account_id)]
        names = list_names(session, bank_id, sides)
        for row in rows:
            yield _one(row, names, say)


class _Words:
    """Cache of translated words: once for each state and length, not for each of 100,000 rows."""

    def __init__(self, tree: Tree) -> None:
        self.kinds = {category_id: tree.words_of(category_id) for category_id in tree.by_id}
        self.states = {state.value: state_words(state) for state in State}
        self.lengths: dict[int | None, str] = {None: ""}

    def hours(self, minutes: int | None) -> str:
        """Return the minutes as tables show them."""
        if minutes not in self.lengths:
            self.lengths[minutes] = hours_short(minutes or 0).replace("\u00a0", " ")
        return self.lengths[minutes]


def _one(row: AuditedExchange, names: dict[int, HolderName], say: _Words) -> Cells:
    day = row.occurred_on or row.agreed_on
    return (
        day.isoformat() if day else "",
        spoken(row.code),
        say.states[row.state],
        names[row.giver_account_id][0],
        names[row.receiver_account_id][0],
        row.what,
        say.kinds.get(row.category_id or 0, ""),
        row.minutes,
        say.hours(row.minutes),
    )
