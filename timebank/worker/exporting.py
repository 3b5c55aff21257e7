"""The job that writes the books of a bank into a file, as `timebank export` does."""

from contextlib import closing
from pathlib import Path

from sqlalchemy.orm import Session

from timebank.bookkeeping.export_queries import count_entries
from timebank.db import snapshot
from timebank.interchange import plain_text, tables
from timebank.interchange.books import ExportedBooks, open_books
from timebank.interchange.formats import FileFormat
from timebank.jobs import files
from timebank.jobs.rules import JobStep
from timebank.turns import LongReading
from timebank.worker.at_work import AtWork, writing_as_asked

_TEXTS = {
    FileFormat.CSV: tables.csv_rows,
    FileFormat.JSON: tables.json_lines,
    FileFormat.HLEDGER: plain_text.hledger,
    FileFormat.BEANCOUNT: plain_text.beancount,
}


def export(work: AtWork) -> None:
    """Write the books into a file in the instance folder, and name it in the job.

    Raises TurnTakenError, LostClaimError, NotInOrderError, OSError, or NotAllowedError where who asked for it may not
    any more.
    """
    folder, wants = work.office.settings.job_files, work.job.wants
    with closing(work.turn(LongReading.EXPORT, work.job.bank_id)):
        with work.office.writing() as session:
            work.doing(session)  # nothing is read for who may not read it
        with files.new_file(folder) as (token, path):
            size = _write(work, path, FileFormat(wants["format"]), with_names=bool(wants["with_names"]))
        try:
            with writing_as_asked(work) as (session, _doing):
                work.finish(session, {"entries": work.total, "bytes": size}, file_token=token)
        except BaseException:
            files.path_of(folder, token).unlink(missing_ok=True)
            raise


def _write(work: AtWork, path: Path, file_format: FileFormat, *, with_names: bool) -> int:
    """Write the file, telling how far it is; return its size in bytes."""
    with Session(snapshot(work.office.engine)) as session:
        total = count_entries(session, work.job.bank_id)
        work.step, work.total = JobStep.ENTRIES, total
        work.tell(0)
        books = open_books(session, work.bank(session), with_names=with_names, tell=work.tell)
        _write_books(books, path, file_format)
    work.tell(total)
    return path.stat().st_size


def _write_books(books: ExportedBooks, path: Path, file_format: FileFormat) -> None:
    if file_format is FileFormat.XLSX:
        tables.workbook(books, path)
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(_TEXTS[file_format](books))
