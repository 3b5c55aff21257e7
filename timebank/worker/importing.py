"""The job that brings in offers and requests of another system, from a file that a coordinator chose and looked at."""

from collections.abc import Mapping, Sequence
from typing import Any

from timebank.interchange import listings as sheets
from timebank.interchange.listings import SheetRow
from timebank.jobs import files
from timebank.jobs.rules import JobStep
from timebank.listings.rules import ListingKind
from timebank.retries import with_retries
from timebank.worker.at_work import AtWork, writing_as_asked

#: Rows that are stored in one transaction: others wait for no longer than that takes.
BATCH = 100


def import_listings(work: AtWork) -> None:
    """Store the rows of the file that the bank does not have yet, each batch in one transaction with the progress.

    So a job that is taken up again goes on after the last batch. The file is deleted once the job is done. Raises
    FileGoneError, LostClaimError, or NotAllowedError where who asked for it may not any more.
    """
    path = files.find(work.office.settings.job_files, work.job.wants["file"])
    with work.office.reading() as session:
        slug = work.bank(session).slug
    rows = sheets.rows_for(sheets.read(path.read_bytes(), by_slug=False), slug) or []
    work.step, work.total = JobStep.LISTINGS, len(rows)
    work.outcome = {"offers": 0, "requests": 0, "before": 0, **work.job.facts}
    for first in range(work.job.done_steps, len(rows), BATCH):
        _store(work, rows[first : first + BATCH], first)
    with writing_as_asked(work) as (session, _doing):
        work.finish(session, work.outcome)
    path.unlink(missing_ok=True)


def _store(work: AtWork, batch: Sequence[SheetRow], first: int) -> None:
    """Store a batch of rows; a transaction that lost a conflict is tried again."""
    before = work.outcome

    def store_once() -> None:
        work.outcome = dict(before)
        _store_once(work, batch, first)

    with_retries(store_once)


def _store_once(work: AtWork, batch: Sequence[SheetRow], first: int) -> None:
    with writing_as_asked(work) as (session, doing):
        fresh = sheets.store(session, work.bank(session), batch, doing)
        offers = sum(row.kind is ListingKind.OFFER for row in fresh)
        counts = {"offers": offers, "requests": len(fresh) - offers, "before": len(batch) - len(fresh)}
        work.outcome = _added(work.outcome, counts)
        work.go_on(session, first + len(batch))


def _added(outcome: Mapping[str, Any], counts: Mapping[str, int]) -> dict[str, object]:
    return {name: outcome[name] + number for name, number in counts.items()}
