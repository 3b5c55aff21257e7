"""Rows as CSV (RFC 4180) that open in any spreadsheet, in which no cell runs as a formula, sent as they are read."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from flask import Response, stream_with_context

from timebank.interchange.cells import harmless
from timebank.turns import Turn
from timebank.web.attachments import attach
from timebank.web.turns import take_turn_at_exporting

_ROWS_A_PIECE = 500


def send(name: str, rows: Iterable[Sequence[str | int | None]]) -> Response:
    """Return a response that streams the rows as CSV under this file name.

    Texts that a spreadsheet would run as formulas are escaped; None is an empty cell. Rows are consumed while they are
    sent, so a long list is never in memory as a whole.
    """
    answer = Response(stream_with_context(_pieces(rows)), mimetype="text/csv")
    attach(answer, name)
    return answer


def send_in_turn(name: str, rows: Iterable[Sequence[str | int | None]]) -> Response:
    """Return what `send` does, for rows of a whole bank, which is read once at a time.

    The turn ends with the last row, or where the reader hangs up before. Raises BeingExportedError.
    """
    turn = take_turn_at_exporting()
    answer = send(name, _until_read(rows, turn))
    answer.call_on_close(turn.close)  # a generator that never began is closed without its `finally`
    return answer


def _until_read(rows: Iterable[Sequence[str | int | None]], turn: Turn) -> Iterator[Sequence[str | int | None]]:
    try:
        yield from rows
    finally:
        turn.close()


def _pieces(rows: Iterable[Sequence[str | int | None]]) -> Iterator[str]:
    written = io.StringIO()
    sheet = csv.writer(written)
    written.write("\ufeff")
    for number, row in enumerate(rows, start=1):
        sheet.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
        if number % _ROWS_A_PIECE == 0:
            yield written.getvalue()
            written.seek(0)
            written.truncate()
    yield written.getvalue()
