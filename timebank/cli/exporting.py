"""`timebank export`: write the books of a bank for a spreadsheet or a plain-text accounting program."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from timebank.banks.queries import find_bank
from timebank.cli.installation import WORDS, no_bank, settings_there
from timebank.db import opened, snapshot
from timebank.interchange import plain_text, tables
from timebank.interchange.books import ExportedBooks, NotInOrderError, open_books

#: The writer of each text format; it yields pieces of text. The only other format is a workbook.
TEXTS: dict[str, Callable[[ExportedBooks], Iterator[str]]] = {
    "hledger": plain_text.hledger,
    "beancount": plain_text.beancount,
    "csv": tables.csv_rows,
    "json": tables.json_lines,
}
_WORKBOOK = "xlsx"
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("export")
@click.option(
    "--format",
    "file_format",
    required=True,
    type=click.Choice([*TEXTS, _WORKBOOK]),
    help="Plain-text accounting, a spreadsheet, or JSON with an entry a line.",
)
@click.option("--bank", "slug", type=WORDS, required=True, help="Short name of the bank.")
@click.option("--from", "first", type=_DAY, default=None, metavar="DAY", help="First day of posting, as 2026-11-01.")
@click.option("--to", "last", type=_DAY, default=None, metavar="DAY", help="Last day of posting.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=None, help="File to write.")
@click.option("--with-names", is_flag=True, help="Names of people and the words of entries as well.")
def export(
    file_format: str, slug: str, first: datetime | None, last: datetime | None, out: Path | None, *, with_names: bool
) -> None:
    """Write the books of a bank, entry by entry: for a spreadsheet, or for hledger or beancount to reckon anew."""
    since, until = (day and day.date() for day in (first, last))
    if since and until and since > until:
        message = f"--from {since} is after --to {until}"
        raise click.UsageError(message)
    if file_format == _WORKBOOK and out is None:
        message = "a workbook needs a file: --out books.xlsx"
        raise click.UsageError(message)
    try:
        with _books(slug, since, until, with_names=with_names) as books:
            _write(books, file_format, out)
    except NotInOrderError as error:
        message = "the books are not whole: run 'timebank check-books'. No file was written."
        raise click.ClickException(message) from error


@contextmanager
def _books(slug: str, first: date | None, last: date | None, *, with_names: bool) -> Iterator[ExportedBooks]:
    """Open the books in one snapshot of the database, however long the reading takes."""
    with opened(settings_there().database_url) as engine, Session(snapshot(engine)) as session:
        bank = find_bank(session, slug)
        if bank is None:
            raise no_bank(slug)
        yield open_books(session, bank, first=first, last=last, with_names=with_names)


def _write(books: ExportedBooks, file_format: str, out: Path | None) -> None:
    """Write to stdout, or to a file that only its owner may read; it replaces `out` once it is complete."""
    if out is None:
        for piece in TEXTS[file_format](books):
            sys.stdout.write(piece)
        return
    try:
        handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    except OSError as error:
        message = f"{out} cannot be written: {error.strerror}"
        raise click.ClickException(message) from error
    os.close(handle)
    path = Path(name)
    try:
        if file_format == _WORKBOOK:
            tables.workbook(books, path)
        else:
            with path.open("w", encoding="utf-8", newline="") as file:
                file.writelines(TEXTS[file_format](books))
        path.replace(out)
    finally:
        path.unlink(missing_ok=True)
