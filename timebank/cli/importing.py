"""`timebank import listings`: store the offers and requests of another system, all of them or none."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click
from sqlalchemy.orm import Session

from timebank import clock
from timebank.actors import Unattended
from timebank.banks.actions import open_bank
from timebank.banks.models import Bank
from timebank.banks.queries import find_bank
from timebank.cli import setting_up
from timebank.cli.installation import WORDS, any_settings, no_bank, refusal, writing
from timebank.cli.sheet_words import problem_line
from timebank.config import Settings
from timebank.db import opened
from timebank.errors import TimebankError
from timebank.interchange import listings as sheets
from timebank.interchange.listings import SheetRow
from timebank.interchange.sheets import BadSheetError
from timebank.listings.rules import ListingKind
from timebank.listings.starting_categories import OTHER_KEY
from timebank.migrations import run as migrations

_MOST_SHOWN = 20


@click.command("listings")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--bank", type=WORDS, default=None, help="Short name of the bank that gets them.")
@click.option("--all-banks", is_flag=True, help="Every bank that the file names; those not there are made.")
@click.option("--dry-run", is_flag=True, help="Say what would be stored, and store nothing.")
def import_listings(file: Path, bank: str | None, *, all_banks: bool, dry_run: bool) -> None:
    """Import offers and requests from a CSV file: timebank, listing_id, type, description, category_ids."""
    if all_banks == bool(bank):
        message = "say either --bank or --all-banks"
        raise click.UsageError(message)
    settings = any_settings()
    try:
        shares = _shares(sheets.read(file.read_bytes(), by_slug=all_banks), bank)
    except BadSheetError as error:
        for problem in error.problems:
            click.echo(problem_line(problem))
        click.echo("Nothing was stored.")
        sys.exit(1)
    stored = _stored(settings, shares, needs=bank)
    _print_plan(shares, stored)
    if dry_run:
        click.echo("Nothing was stored: this was a dry run.")
        return
    number, made = _store(settings, shares)
    click.echo(f"{number} listings stored.")
    for slug in made:
        click.echo(f"The bank {slug} was made. Its coordinator: timebank add-coordinator --bank {slug} --email …")


def _shares(rows: Sequence[SheetRow], only: str | None) -> dict[str, Sequence[SheetRow]]:
    """Group rows by their bank's slug. With `only`, return that bank's rows, or all where the file names one bank."""
    by_name = sheets.shares_of(rows)
    if only is None:
        return {sheets.make_slug(name): share for name, share in by_name.items()}
    own = sheets.rows_for(rows, only)
    if own is None:
        message = f"the file names {len(by_name)} banks, and none of them is {only}: {', '.join(by_name)}"
        raise click.ClickException(message)
    return {only: own}


def _stored(settings: Settings, shares: dict[str, Sequence[SheetRow]], *, needs: str | None) -> frozenset[str]:
    """Return the keys of rows that are stored already. Raises ClickException where the bank `needs` does not exist."""
    keys: set[str] = set()
    missing = needs
    if settings.is_set_up:
        refuse_outdated(settings)
        with writing(settings) as session:
            setting_up.refuse_mixing(session, settings)
            for slug, rows in shares.items():
                bank = find_bank(session, slug)
                if bank is not None:
                    keys |= sheets.list_stored(session, bank.id, rows)
                    missing = None
    if missing is not None:
        raise no_bank(missing)
    return frozenset(keys)


def refuse_outdated(settings: Settings) -> None:
    """Raise ClickException where the database is not at the newest migration: an import does not migrate it."""
    with opened(settings.owner_url) as engine:
        try:
            migrations.refuse_outdated(engine)
        except migrations.NotMigratedError as error:
            raise click.ClickException(str(error)) from error


def _print_plan(shares: dict[str, Sequence[SheetRow]], stored: frozenset[str]) -> None:
    """Print what the file contains and what would be stored."""
    rows = [row for share in shares.values() for row in share]
    unknown = sheets.count_unknown(rows)
    crowded = sorted((row for row in rows if row.left_out), key=lambda row: row.line)
    offers = sum(row.kind is ListingKind.OFFER for row in rows)
    click.echo(f"banks                         {len(shares):>7,}")
    click.echo(f"rows                          {len(rows):>7,}")
    click.echo(f"  offers                      {offers:>7,}")
    click.echo(f"  requests                    {len(rows) - offers:>7,}")
    click.echo(f"stored already, left alone    {len(stored):>7,}")
    click.echo(f"titles cut, whole in the words{sum(row.is_cut for row in rows):>7,}")
    click.echo(f"unknown category numbers      {len(unknown):>7,}")
    click.echo(f"  used in all                 {sum(unknown.values()):>7,}")
    click.echo(f"rows of 'Other help' only     {sum(row.kept == (OTHER_KEY,) for row in rows):>7,}")
    click.echo(f"rows with too many categories {len(crowded):>7,}")
    for row in crowded[:_MOST_SHOWN]:
        click.echo(f"  line {row.line}: kept {', '.join(row.kept)}; left out {', '.join(row.left_out)}")
    if len(crowded) > _MOST_SHOWN:
        click.echo(f"  and {len(crowded) - _MOST_SHOWN} more: the first three are kept")


def _store(settings: Settings, shares: dict[str, Sequence[SheetRow]]) -> tuple[int, list[str]]:
    """Store all rows in one transaction; return (number of new listings, slugs of the banks made).

    Raises CannotSetUpError where the demo and a real bank would share the database.
    """
    setting_up.prepare(settings)
    now, number, made = clock.now(), 0, list[str]()
    with writing(settings) as session:
        for slug, rows in shares.items():
            bank = _bank(session, slug, rows, made)
            number += len(sheets.store(session, bank, rows, Unattended(bank.id, now)))
        setting_up.refuse_mixing(session, settings)  # the banks that were made just now too
    return number, made


def _bank(session: Session, slug: str, rows: Sequence[SheetRow], made: list[str]) -> Bank:
    """Return the bank of this slug; make it, and append to `made`, where it is missing. Raises ClickException."""
    bank = find_bank(session, slug)
    if bank is not None:
        return bank
    try:
        bank = open_bank(session, slug=slug, name=sheets.make_name(rows[0].timebank), now=clock.now())
    except TimebankError as error:
        raise refusal(error) from error
    made.append(slug)
    return bank
