"""A statement as CSV (RFC 4180) that opens in any spreadsheet, and in which no cell runs as a formula."""

import csv
import io
from collections.abc import Mapping, Sequence

from flask import g
from flask_babel import gettext as _

from timebank import clock
from timebank.bookkeeping.queries import StatementRow
from timebank.ledger.entries import EntryKind
from timebank.web.filters import hours_short

#: Signs that make a spreadsheet take a cell for a formula (OWASP, CSV Injection).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def harmless(text: str) -> str:
    """The text as a cell that stays a text: what would start a formula gets an apostrophe in front."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) else text


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


def write_csv(rows: Sequence[StatementRow], names: Mapping[int, tuple[str, str]]) -> str:
    """The postings, oldest first: day, recorded on, what, with whom, minutes in and out, hours, balance in minutes."""
    written = io.StringIO()
    sheet = csv.writer(written)
    heads = (_("Day"), _("Recorded on"), _("Kind"), _("What"), _("With"))
    figures = (_("Minutes given or come in"), _("Minutes received or gone out"), _("Balance in minutes"), _("Balance"))
    sheet.writerow([harmless(head) for head in (*heads, *figures)])
    for row in rows:
        other = names.get(row.other_account, ("", ""))[0]
        kind = _kind(row.kind)
        words = (kind if row.reverses is None else _("taken back: %(kind)s", kind=kind), row.words or "", other)
        sheet.writerow(
            [
                row.occurred_on.isoformat(),
                clock.local_day(row.recorded_at, g.bank.time_zone).isoformat(),
                *(harmless(word) for word in words),
                max(row.minutes, 0),
                max(-row.minutes, 0),
                row.balance_after,
                harmless(hours_short(row.balance_after).replace("\u00a0", " ")),
            ]
        )
    return "\ufeff" + written.getvalue()
