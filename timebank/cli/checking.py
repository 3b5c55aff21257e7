"""`timebank check-books`: everything that must be true of the books, for people to read or for a program."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import click
from sqlalchemy.orm import Session

from timebank import clock
from timebank.audit.checks import check_books as run_checks
from timebank.audit.processes import check_in_processes
from timebank.cli import setting_up
from timebank.cli.commands import main, settings_there
from timebank.config import Settings
from timebank.db import opened, snapshot
from timebank.ledger.checks import CheckResult, Verdict


@dataclass(frozen=True, slots=True)
class Asked:
    """A check that was asked, and how many seconds it took."""

    result: CheckResult
    seconds: float


@main.command("check-books")
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


def ask_checks(settings: Settings, *, as_json: bool = False, progress: bool | None = None, processes: int = 1) -> bool:
    """Run all checks and print what each says; return whether the books balance."""
    began = clock.now()
    tells = sys.stderr.isatty() if progress is None else progress
    if processes == 1:
        asked = _ask(settings, prints=not as_json, tells=tells)
    else:
        asked = _ask_in_processes(settings, processes, prints=not as_json, tells=tells)
    unkept = setting_up.keep_check(settings, [one.result for one in asked], began=began)
    if unkept is not None:
        click.echo(f"The result could not be kept for the audit page: {unkept}", err=as_json)
    is_right = all(one.result.verdict is not Verdict.WRONG for one in asked)
    if as_json:
        click.echo(_as_json(asked, began, is_right=is_right))
    else:
        click.echo("The books balance." if is_right else "The books do not balance.")
    return is_right


def _ask(settings: Settings, *, prints: bool, tells: bool) -> list[Asked]:
    """Ask one check after the other, on one moment of the books."""
    info = {**settings.session_info, **({"progress": _tell_rows} if tells else {})}
    asked = list[Asked]()
    with opened(settings.database_url) as engine, Session(snapshot(engine), info=info) as session:
        since = clock.now()
        for result in run_checks(session, before=_tell_name if tells else lambda _name: None):
            now = clock.now()
            asked.append(Asked(result, round((now - since).total_seconds(), 3)))
            since = now
            if tells:
                click.echo(f" {asked[-1].seconds:.1f} s", err=True)
            if prints:
                _print_result(result)
    return asked


def _ask_in_processes(settings: Settings, processes: int, *, prints: bool, tells: bool) -> list[Asked]:
    """Run the checks side by side; what each says is printed when all have ended."""
    tell = _tell_seconds if tells else lambda _name, _milliseconds: None
    timed = check_in_processes(settings.database_url, settings.session_info, processes, tell=tell)
    for result, _milliseconds in timed if prints else ():
        _print_result(result)
    return [Asked(result, milliseconds / 1_000) for result, milliseconds in timed]


def _tell_seconds(name: str, milliseconds: int) -> None:
    click.echo(f"{name} {milliseconds / 1_000:.1f} s", err=True)


def _tell_name(name: str) -> None:
    click.echo(f"{name} ...", nl=False, err=True)


def _tell_rows(rows: int) -> None:
    click.echo(f" {rows:,}", nl=False, err=True)


def _print_result(result: CheckResult) -> None:
    """One line a check, and one for each row that is wrong."""
    click.echo(f"{result.verdict.upper():<8} {result.name:<28} {result.figure:>10,} {result.unit}")
    for finding in result.findings:
        click.echo(f"           {finding.table} {finding.row}: {finding.problem}")
    if result.finding_count > len(result.findings):
        click.echo(f"           and {result.finding_count - len(result.findings)} more")


def _as_json(asked: Sequence[Asked], began: datetime, *, is_right: bool) -> str:
    """All of it as one object; docs/operating.md tells its names."""
    checks = [
        {
            "name": one.result.name,
            "verdict": one.result.verdict.value,
            "figure": one.result.figure,
            "unit": one.result.unit,
            "seconds": one.seconds,
            "finding_count": one.result.finding_count,
            "findings": [asdict(finding) for finding in one.result.findings],
        }
        for one in asked
    ]
    seconds = round((clock.now() - began).total_seconds(), 3)
    told = {"is_right": is_right, "checked_at": began.isoformat(), "seconds": seconds, "checks": checks}
    return json.dumps(told, indent=2, ensure_ascii=False)
