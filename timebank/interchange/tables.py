"""Export as tables: CSV and .xlsx with a row per entry line, and JSON Lines with an object per entry.

Text that a spreadsheet would treat as a formula is escaped. Rows are streamed; the library for .xlsx buffers them in a
temporary file.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError

from timebank.interchange.books import Balances, ExportedBooks, ExportedEntry
from timebank.interchange.cells import harmless

COLUMNS = (
    "posted_on",
    "recorded_at",
    "key",
    "kind",
    "occurred_on",
    "line",
    "from",
    "to",
    "minutes",
    "from_after",
    "to_after",
    "recorded_by",
    "on_behalf_of",
    "approved_by",
    "reverses",
    "mirrors_line",
)
COLUMNS_WITH_NAMES = (*COLUMNS, "from_holder", "to_holder", "words")
BALANCE_BEFORE = "balance before"
#: Below the format's limit of 1,048,576 rows.
_ROWS_A_SHEET = 1_000_000
_ROWS_A_PIECE = 500

_Cell = str | int | None


def rows(books: ExportedBooks) -> Iterator[tuple[_Cell, ...]]:
    """Yield the header row, the balances before the period if it has a beginning, and a row per entry line."""
    yield COLUMNS_WITH_NAMES if books.with_names else COLUMNS
    holders = {account.name: account.holder for account in books.accounts}
    is_opening = books.first is not None
    for piece in books.read():
        if isinstance(piece, ExportedEntry):
            for row, sides in _lines(piece):
                named = (*(holders[side] for side in sides), piece.words)
                yield (*row, *named) if books.with_names else row
        elif is_opening:
            yield from _before(piece, holders if books.with_names else None)
        is_opening = False


def _lines(entry: ExportedEntry) -> Iterator[tuple[tuple[_Cell, ...], tuple[str, str]]]:
    for number, line in enumerate(entry.lines, start=1):
        row = (
            entry.posted_on.isoformat(),
            entry.recorded_at.isoformat(),
            entry.key,
            entry.kind,
            entry.occurred_on.isoformat(),
            number,
            line.source,
            line.target,
            line.minutes,
            line.source_after,
            line.target_after,
            entry.recorded_by,
            entry.on_behalf_of,
            entry.approved_by,
            entry.reverses,
            line.mirrors,
        )
        yield row, (line.source, line.target)


def _before(balances: Balances, holders: dict[str, str] | None) -> Iterator[tuple[_Cell, ...]]:
    """Yield a row for each account with a balance other than 0, written as minutes to the account."""
    for name, minutes in sorted(balances.minutes.items()):
        if minutes:
            cells: dict[str, _Cell] = {
                "posted_on": balances.day.isoformat(),
                "kind": BALANCE_BEFORE,
                "to": name,
                "minutes": minutes,
                "to_after": minutes,
                "to_holder": holders[name] if holders else None,
            }
            yield tuple(cells.get(column) for column in (COLUMNS if holders is None else COLUMNS_WITH_NAMES))


def csv_rows(books: ExportedBooks) -> Iterator[str]:
    """Yield CSV (RFC 4180) in UTF-8 with a byte order mark, by which spreadsheets detect the encoding."""
    written = io.StringIO()
    sheet = csv.writer(written)
    written.write("\ufeff")
    for number, row in enumerate(rows(books), start=1):
        sheet.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
        if number % _ROWS_A_PIECE == 0:
            yield written.getvalue()
            written.seek(0)
            written.truncate()
    yield written.getvalue()


def json_lines(books: ExportedBooks) -> Iterator[str]:
    """Yield JSON Lines: the bank, its accounts, balances before, every entry with its lines, and final balances."""
    bank = {"slug": books.bank.slug, "name": books.bank.name, "time_zone": books.bank.time_zone, "unit": "minutes"}
    yield _as_line("bank", {**bank, "from": books.first, "to": books.last})
    for account in books.accounts:
        holder = {"holder": account.holder} if books.with_names else {}
        yield _as_line("account", {"name": account.name, "kind": account.kind, **holder})
    is_first = books.first is not None
    for piece in books.read():
        if isinstance(piece, Balances):
            yield _as_line("balances before" if is_first else "balances", {"day": piece.day, "minutes": piece.minutes})
        else:
            yield _as_line("entry", _entry(piece, with_words=books.with_names))
        is_first = False


def _entry(entry: ExportedEntry, *, with_words: bool) -> dict[str, Any]:
    fields = {name: value for name, value in asdict(entry).items() if with_words or name != "words"}
    lines = [
        {
            "from": line.source,
            "to": line.target,
            "minutes": line.minutes,
            "from_after": line.source_after,
            "to_after": line.target_after,
            **({"mirrors_line": line.mirrors} if line.mirrors else {}),
        }
        for line in entry.lines
    ]
    return {**fields, "recorded_at": entry.recorded_at.isoformat(), "lines": lines}


def _as_line(what: str, fields: dict[str, Any]) -> str:
    return json.dumps({"is": what, **fields}, ensure_ascii=False, default=str) + "\n"


def workbook(books: ExportedBooks, path: Path, *, rows_a_sheet: int = _ROWS_A_SHEET) -> None:
    """Write an .xlsx file with as many sheets as the rows need; no cell becomes a formula. Raises OSError."""
    try:
        _write_workbook(books, path, rows_a_sheet)
    except FileCreateError as error:
        raise error.args[0] from error  # the OSError, such as of a full disk


def _write_workbook(books: ExportedBooks, path: Path, rows_a_sheet: int) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(path, options) as file:
        every = rows(books)
        heading = next(every)
        sheet, number, at = None, 0, 0
        for row in chain([None], every):
            if sheet is None or at > rows_a_sheet:
                number, at = number + 1, 1
                sheet = file.add_worksheet("Entries" if number == 1 else f"Entries {number}")
                _write_row(sheet, 0, heading)
            if row is not None:
                _write_row(sheet, at, row)
                at += 1


def _write_row(sheet: Any, at: int, row: Iterable[_Cell]) -> None:  # noqa: ANN401 (the library carries no types)
    for column, cell in enumerate(row):
        if isinstance(cell, int):
            sheet.write_number(at, column, cell)
        elif cell:
            sheet.write_string(at, column, cell)
