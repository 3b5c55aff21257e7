"""`timebank import history`: post entries of another system, all of them or none; balances are calculated first."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy.orm import Session

from timebank import clock
from timebank.actors import Actor, Doing, may_coordinate
from timebank.banks.models import Bank
from timebank.banks.queries import find_bank
from timebank.cli.importing import refuse_outdated
from timebank.cli.installation import WORDS, no_bank, refusal, settings_there, writing
from timebank.cli.sheet_words import problem_line
from timebank.config import Settings
from timebank.db import opened, snapshot
from timebank.errors import TimebankError
from timebank.interchange.history import UNITS, doubt, read
from timebank.interchange.history_plan import HistoryPlan, Total, plan
from timebank.interchange.history_store import store
from timebank.interchange.sheets import BadSheetError
from timebank.ledger.hours import split
from timebank.members.queries import find_actor_by_number

_MOST_PROBLEMS = 1_000
_MOST_DOUBTS = 20
_NO_MEMBERS_LIMIT = " With --floor none no member in the file keeps a limit."
_POTS_LIMIT = " A coordinator changes the pot's limit on the page of the rules."


@click.command("history")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--bank", "slug", type=WORDS, required=True, help="Short name of the bank.")
@click.option("--unit", required=True, type=click.Choice([*UNITS]), help="How hours are written. It is never guessed.")
@click.option("--by", "number", required=True, type=int, help="Member number of the coordinator who answers for it.")
@click.option("--create-accounts", is_flag=True, help="Make members of names and numbers that are not there.")
@click.option("--floor", type=click.Choice(["none"]), default=None, help="'none': no limit for members in the file.")
@click.option("--dry-run", is_flag=True, help="Say what would be posted, and post nothing.")
def import_history(  # noqa: PLR0913 (an option each)
    file: Path, slug: str, unit: str, number: int, floor: str | None, *, create_accounts: bool, dry_run: bool
) -> None:
    """Post what happened before from a CSV file: key, date, from, to, hours, kind, note."""
    settings, now = settings_there(), clock.now()
    refuse_outdated(settings)
    try:
        with _session(settings, dry_run=dry_run) as session:
            bank, by = _bank_and_coordinator(session, slug, number)
            rows = read(file.read_bytes(), unit, today=clock.local_day(now, bank.time_zone))
            planned = plan(session, bank, rows, create=create_accounts, no_floor=floor == "none")
            _print_plan(planned, len(rows))
            _refuse_below(planned, no_floor=floor == "none")
            posted = 0 if dry_run else store(session, bank, planned, Doing(by, now), no_floor=floor == "none")
    except BadSheetError as error:
        for problem in error.problems[:_MOST_PROBLEMS]:
            click.echo(problem_line(problem))
        if len(error.problems) > _MOST_PROBLEMS:
            click.echo(f"and {len(error.problems) - _MOST_PROBLEMS} more")
        click.echo("Nothing was posted.")
        sys.exit(1)
    except TimebankError as error:
        raise refusal(error) from error
    click.echo("Nothing was posted: this was a dry run." if dry_run else f"{posted} entries posted.")


@contextmanager
def _session(settings: Settings, *, dry_run: bool) -> Iterator[Session]:
    """A transaction that commits at the end; read-only for a dry run."""
    if not dry_run:
        with writing(settings) as session:
            yield session
        return
    with opened(settings.database_url) as engine, Session(snapshot(engine)) as session:
        yield session


def _bank_and_coordinator(session: Session, slug: str, number: int) -> tuple[Bank, Actor]:
    bank = find_bank(session, slug)
    if bank is None:
        raise no_bank(slug)
    by = find_actor_by_number(session, bank.id, number)
    if by is None or not may_coordinate(by):
        message = f"member {number} does not coordinate {slug}: say with --by who answers for what is posted"
        raise click.ClickException(message)
    return bank, by


def _print_plan(planned: HistoryPlan, rows: int) -> None:
    """Print what the file contains and what would be posted."""
    click.echo(f"rows                          {rows:>9,}")
    click.echo(f"posted already, left alone    {planned.stored:>9,}")
    click.echo(f"new                           {len(planned.moves):>9,}")
    click.echo(f"members that are made         {len(planned.newcomers):>9,}")
    click.echo(f"rounded to a whole minute     {len(planned.rounded):>9,}")
    for row in planned.rounded:
        click.echo(f"  line {row.line}: {row.hours} is {_hours(row.minutes)}")
    doubtful = [(row, what) for row, _source, _target in planned.moves if (what := doubt(row)) is not None]
    click.echo(f"to look at twice              {len(doubtful):>9,}")
    for row, what in doubtful[:_MOST_DOUBTS]:
        click.echo(f"  line {row.line}: {what}")
    if len(doubtful) > _MOST_DOUBTS:
        click.echo(f"  and {len(doubtful) - _MOST_DOUBTS} more")
    if planned.totals:
        click.echo(f"{'':<40}{'given':>12}{'received':>12}{'opening':>12}{'gifts':>12}{'balance':>12}")
    for total in sorted(planned.totals.values(), key=_by_number):
        figures = (total.given, total.received, total.opening, total.gifts, total.balance)
        click.echo(f"{_name(total):<40}" + "".join(f"{_hours(minutes):>12}" for minutes in figures))


def _refuse_below(planned: HistoryPlan, *, no_floor: bool) -> None:
    """Print the members whose balance would fall below their floor, and exit with 1 where there are any."""
    below = [total for total in planned.totals.values() if total.is_below]
    for total in sorted(below, key=lambda total: total.lowest_line):
        limit = _hours(total.floor or 0)
        click.echo(f"line {total.lowest_line}: {_name(total)} falls to {_hours(total.lowest)}; the limit is {limit}")
    if below:
        members = any(total.number is not None for total in below) and not no_floor
        pot = any(total.number is None for total in below)
        click.echo("Nothing was posted." + (_NO_MEMBERS_LIMIT if members else "") + (_POTS_LIMIT if pot else ""))
        sys.exit(1)


def _by_number(total: Total) -> tuple[bool, int, str]:
    """Sort key: by member number, then accounts without one by name."""
    return total.number is None, total.number or 0, total.name


def _name(total: Total) -> str:
    number = f"{total.number} " if total.number is not None else ""
    return f"{number}{total.name}"


def _hours(minutes: int) -> str:
    """Format minutes as hours and minutes, such as -1:30."""
    hours, rest = split(minutes)
    return f"{'-' if minutes < 0 else ''}{hours}:{rest:02d}"
