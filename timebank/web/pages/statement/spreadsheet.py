"""The rows of a statement for a spreadsheet."""

from collections.abc import Iterator, Mapping, Sequence

from flask import g
from flask_babel import gettext as _

from timebank import clock
from timebank.bookkeeping.queries import StatementRow
from timebank.holders.queries import HolderName
from timebank.ledger.entries import EntryKind
from timebank.web.filters import hours_short, late_for


def _kind(kind: str) -> str:
    """What kind of line it is, in words."""
    words = {
        EntryKind.EXCHANGE: _("help"),
        EntryKind.ACTIVITY: _("group activity"),
        EntryKind.WELCOME: _("welcome hours"),
        EntryKind.GIFT: _("gift"),
        EntryKind.GRANT: _("grant"),
        EntryKind.OPENING: _("opening balance"),
        EntryKind.ADJUSTMENT: _("correction"),
        EntryKind.LEAVING: _("leaving"),
        EntryKind.CLEARING: _("with another bank"),
    }
    return str(words[EntryKind(kind)])


def sheet_rows(rows: Sequence[StatementRow], names: Mapping[int, HolderName]) -> Iterator[Sequence[str | int | None]]:
    """The postings, oldest first: day, recorded on, what, with whom, minutes in and out, hours, balance in minutes."""
    heads = (_("Day"), _("Recorded on"), _("Kind"), _("What"), _("With"))
    figures = (
        _("Minutes given or come in"),
        _("Minutes received or gone out"),
        _("Balance in minutes"),
        _("Balance"),
        _("Late for"),
    )
    yield (*heads, *figures)
    for row in rows:
        kind, late = _kind(row.kind), late_for(row.occurred_on, row.recorded_at)
        yield (
            row.occurred_on.isoformat(),
            clock.local_day(row.recorded_at, g.bank.time_zone).isoformat(),
            kind if row.reverses is None else _("taken back: %(kind)s", kind=kind),
            "" if row.kind == EntryKind.LEAVING else row.words or "",  # why somebody left is their brokers' to read
            names.get(row.other_account, ("", ""))[0],
            max(row.minutes, 0),
            max(-row.minutes, 0),
            row.balance_after,
            hours_short(row.balance_after).replace("\u00a0", " "),
            f"{late:%Y-%m}" if late else "",
        )
