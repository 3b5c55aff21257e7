"""The books as rows: a line of an entry each, as CSV, as a workbook, or as JSON with an entry a line.

Texts that a spreadsheet would run stay texts. Nothing is held but the row in hand; a workbook's library keeps its rows
in a file until it is done.
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

from timebank.interchange.books import Balances, Books, Written
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
#: A sheet takes 1,048,576 rows.
_ROWS_A_SHEET = 1_000_000
_ROWS_A_PIECE = 500

_Cell = str | int | None


def rows(books: Books) -> Iterator[tuple[_Cell, ...]]:
    """The heading; with a period, each account's balance before it; and every line of every entry."""
    yield COLUMNS_WITH_NAMES if books.with_names else COLUMNS
    holders = {account.name: account.holder for account in books.accounts}
    is_opening = books.first is not None
    for piece in books.read():
        if isinstance(piece, Written):
            for row, sides in _lines(piece):
                named = (*(holders[side] for side in sides), piece.words)
                yield (*row, *named) if books.with_names else row
        elif is_opening:
            yield from _before(piece, holders if books.with_names else None)
        is_opening = False


def _lines(entry: Written) -> Iterator[tuple[tuple[_Cell, ...], tuple[str, str]]]:
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
    """A row for each account that had a balance: it stands as what came to it."""
    for name, minutes in sorted(balances.minutes.items()):
        if minutes:
            said: dict[str, _Cell] = {
                "posted_on": balances.day.isoformat(),
                "kind": BALANCE_BEFORE,
                "to": name,
                "minutes": minutes,
                "to_after": minutes,
                "to_holder": holders[name] if holders else None,
            }
            yield tuple(said.get(column) for column in (COLUMNS if holders is None else COLUMNS_WITH_NAMES))


def csv_rows(books: Books) -> Iterator[str]:
    """CSV (RFC 4180) in UTF-8 with its mark, so that a spreadsheet takes it for what it is."""
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


def json_lines(books: Books) -> Iterator[str]:
    """JSON Lines: the bank, its accounts, balances before, every entry with its lines, and the balances after all."""
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


def _entry(entry: Written, *, with_words: bool) -> dict[str, Any]:
    said = {name: value for name, value in asdict(entry).items() if with_words or name != "words"}
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
    return {**said, "recorded_at": entry.recorded_at.isoformat(), "lines": lines}


def _as_line(what: str, said: dict[str, Any]) -> str:
    return json.dumps({"is": what, **said}, ensure_ascii=False, default=str) + "\n"


def workbook(books: Books, path: Path, *, rows_a_sheet: int = _ROWS_A_SHEET) -> None:
    """An .xlsx file: as many sheets as the rows need, and no cell a formula."""
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
