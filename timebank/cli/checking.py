"""`timebank check-books`: run all checks of the books; prints lines for people, or JSON for a program."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import click
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from timebank import clock
from timebank.audit.actions import AskedFrom, store
from timebank.audit.checks import check_books as run_checks
from timebank.audit.processes import check_in_processes
from timebank.cli.installation import settings_there, writing
from timebank.config import Settings
from timebank.db import opened, snapshot
from timebank.ledger.checks import CheckResult, Verdict


@dataclass(frozen=True, slots=True)
class TimedResult:
    """The result of a check, and how many seconds it took."""

    result: CheckResult
    seconds: float


@click.command("check-books")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, for a program.")
@click.option(
    "--progress/--no-progress",
    default=None,
    help="Say on stderr which check is asked, how far it is and how long it took; by itself on a terminal.",
)
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=1,
    help="Share the checks among so many processes, for books with hundreds of thousands of entries.",
)
def check_books(*, as_json: bool, progress: bool | None, processes: int) -> None:
    """Ask everything that must be true of the books; exit 1 and the exact row where something is not.

    What was found is kept for the audit page, where the database can be written.
    """
    if not ask_checks(settings_there(), as_json=as_json, progress=progress, processes=processes):
        sys.exit(1)


def ask_checks(
    settings: Settings,
    *,
    as_json: bool = False,
    progress: bool | None = None,
    processes: int = 1,
    prints: bool = True,
) -> bool:
    """Run all checks, print and store their results; return whether the books balance.

    `progress` None means: only where stderr is a terminal. Without `prints` nothing but a failure to store is printed.
    """
    began = clock.now()
    shows_progress = sys.stderr.isatty() if progress is None else progress
    if processes == 1:
        checks = _check(settings, prints=prints and not as_json, shows_progress=shows_progress)
    else:
        checks = _check_in_processes(settings, processes, prints=prints and not as_json, shows_progress=shows_progress)
    problem = _store(settings, [check.result for check in checks], began=began)
    if problem is not None:
        click.echo(f"The result could not be kept for the audit page: {problem}", err=as_json)
    is_right = all(check.result.verdict is not Verdict.WRONG for check in checks)
    if as_json:
        click.echo(_as_json(checks, began, is_right=is_right))
    elif prints:
        click.echo("The books balance." if is_right else "The books do not balance.")
    return is_right


def _check(settings: Settings, *, prints: bool, shows_progress: bool) -> list[TimedResult]:
    """Run one check after the other, in one snapshot of the database."""
    info = {**settings.session_info, **({"progress": _print_rows} if shows_progress else {})}
    checks = list[TimedResult]()
    with opened(settings.database_url) as engine, Session(snapshot(engine), info=info) as session:
        since = clock.now()
        for result in run_checks(session, before=_print_name if shows_progress else lambda _name: None):
            now = clock.now()
            checks.append(TimedResult(result, round((now - since).total_seconds(), 3)))
            since = now
            if shows_progress:
                click.echo(f" {checks[-1].seconds:.1f} s", err=True)
            if prints:
                _print_result(result)
    return checks


def _check_in_processes(settings: Settings, processes: int, *, prints: bool, shows_progress: bool) -> list[TimedResult]:
    """Run the checks in parallel; results are printed when all have ended."""
    tell = _print_seconds if shows_progress else lambda _name, _milliseconds: None
    timed = check_in_processes(settings.database_url, settings.session_info, processes, tell=tell)
    for result, _milliseconds in timed if prints else ():
        _print_result(result)
    return [TimedResult(result, milliseconds / 1_000) for result, milliseconds in timed]


def _store(settings: Settings, results: Sequence[CheckResult], *, began: datetime) -> str | None:
    """Store the results for the audit page, in a transaction of its own; return the error where that fails.

    A database that cannot be written, such as a copy on a read-only disk, is checked all the same.
    """
    ended = clock.now()
    seconds = (ended - began) // timedelta(seconds=1)
    try:
        with writing(settings) as session:
            store(session, results, asked_from=AskedFrom.COMMAND, seconds=seconds, now=ended)
    except DBAPIError as error:
        return str(error.orig)
    return None


def _print_seconds(name: str, milliseconds: int) -> None:
    click.echo(f"{name} {milliseconds / 1_000:.1f} s", err=True)


def _print_name(name: str) -> None:
    click.echo(f"{name} ...", nl=False, err=True)


def _print_rows(rows: int) -> None:
    click.echo(f" {rows:,}", nl=False, err=True)


def _print_result(result: CheckResult) -> None:
    """Print a line for the check, and one for each row that is wrong."""
    click.echo(f"{result.verdict.upper():<8} {result.name:<28} {result.figure:>10,} {result.unit}")
    for finding in result.findings:
        click.echo(f"           {finding.table} {finding.row}: {finding.problem}")
    if result.finding_count > len(result.findings):
        click.echo(f"           and {result.finding_count - len(result.findings)} more")


def _as_json(checks: Sequence[TimedResult], began: datetime, *, is_right: bool) -> str:
    """Return all results as one JSON object; docs/operating.md documents its fields."""
    rows = [
        {
            "name": check.result.name,
            "verdict": check.result.verdict.value,
            "figure": check.result.figure,
            "unit": check.result.unit,
            "seconds": check.seconds,
            "finding_count": check.result.finding_count,
            "findings": [asdict(finding) for finding in check.result.findings],
        }
        for check in checks
    ]
    seconds = round((clock.now() - began).total_seconds(), 3)
    report = {"is_right": is_right, "checked_at": began.isoformat(), "seconds": seconds, "checks": rows}
    return json.dumps(report, indent=2, ensure_ascii=False)
