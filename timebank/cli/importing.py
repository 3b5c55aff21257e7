"""`timebank import`: what other systems wrote, said first and stored after, all of it or nothing."""

import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import click
from sqlalchemy.orm import Session

from timebank import clock
from timebank.banks.actions import open_bank
from timebank.banks.models import Bank
from timebank.banks.queries import find_bank
from timebank.cli import setting_up
from timebank.cli.commands import main
from timebank.config import Settings, read_settings
from timebank.db import opened
from timebank.errors import TimebankError
from timebank.interchange import listings as sheets
from timebank.interchange.listings import SheetRow
from timebank.interchange.sheets import BadSheetError
from timebank.listings.rules import Kind
from timebank.listings.starting_categories import OTHER_KEY
from timebank.members.actions import NewMember
from timebank.migrations import run as migrations
from timebank.signing_in.queries import plain_email
from timebank.web.sentences import say

_MOST_SHOWN = 20


@main.group("import")
def import_() -> None:
    """Bring in what another system wrote."""


@import_.command("listings")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--bank", default=None, help="Short name of the bank that gets them.")
@click.option("--all-banks", is_flag=True, help="Every bank that the file names; those not there are made.")
@click.option("--dry-run", is_flag=True, help="Say what would be stored, and store nothing.")
def import_listings(file: Path, bank: str | None, *, all_banks: bool, dry_run: bool) -> None:
    """Import offers and requests from a CSV file: timebank, listing_id, type, description, category_ids."""
    if all_banks == bool(bank):
        message = "say either --bank or --all-banks"
        raise click.UsageError(message)
    settings = read_settings()
    try:
        shares = _shares(sheets.read(file.read_bytes()), bank)
    except BadSheetError as error:
        for problem in error.problems:
            click.echo(f"line {problem.line}: {problem.what}")
        click.echo("Nothing was stored.")
        sys.exit(1)
    stored = _stored(settings, shares, needs=bank)
    _tell(shares, stored)
    if dry_run:
        click.echo("Nothing was stored: this was a dry run.")
        return
    number, made = _store(settings, shares)
    click.echo(f"{number} listings stored.")
    for slug in made:
        click.echo(f"The bank {slug} was made. Its coordinator: timebank add-coordinator --bank {slug} --email …")


@main.command("add-coordinator")
@click.option("--bank", required=True, help="Short name of the bank.")
@click.option("--email", required=True, help="E-mail of the coordinator.")
@click.option("--name", default="", help="Name of the coordinator.")
@click.option("--web-address", default="http://127.0.0.1:5000", help="Where the site is reached.")
def add_coordinator(bank: str, email: str, name: str, web_address: str) -> None:
    """Give a bank that is there a coordinator, such as its first one after an import."""
    settings = read_settings()
    if not settings.is_set_up:
        message = f"nothing is set up in {settings.instance} yet: run 'timebank init' first"
        raise click.ClickException(message)
    person = NewMember(name or email.partition("@")[0], email=plain_email(email), roles=setting_up.COORDINATORS_ROLES)
    try:
        link = setting_up.add_coordinator(settings, bank, person, web_address)
    except setting_up.CannotSetUpError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{person.name} signs in once, within 14 days, with this link:\n  {link}")


def _shares(rows: Sequence[SheetRow], only: str | None) -> dict[str, Sequence[SheetRow]]:
    """{bank's slug: its rows}. One bank asked for gets a file that names one bank whole, of several its own only."""
    ordered = sorted(rows, key=lambda row: row.timebank)
    shares = {sheets.make_slug(name): list(found) for name, found in groupby(ordered, lambda row: row.timebank)}
    if only is None:
        return dict(shares)
    if len(shares) == 1:
        return {only: next(iter(shares.values()))}
    if only not in shares:
        message = f"the file names {len(shares)} banks, and none of them is {only}"
        raise click.ClickException(message)
    return {only: shares[only]}


def _stored(settings: Settings, shares: dict[str, Sequence[SheetRow]], *, needs: str | None) -> frozenset[str]:
    """The keys of rows that are there already. Raises ClickException where the one bank asked for is not there."""
    found: set[str] = set()
    missing = needs
    if settings.is_set_up:
        refuse_old(settings)
        with setting_up.writing(settings) as session:
            for slug, rows in shares.items():
                bank = find_bank(session, slug)
                if bank is not None:
                    found |= sheets.list_stored(session, bank.id, rows)
                    missing = None
    if missing is not None:
        message = f"no bank is called {missing}"
        raise click.ClickException(message)
    return frozenset(found)


def refuse_old(settings: Settings) -> None:
    """Raises ClickException where the database has steps to take: an import is no update."""
    with opened(settings.owner_url) as engine:
        if not migrations.is_up_to_date(engine):
            message = "the database has not taken all steps yet: run 'timebank migrate' first"
            raise click.ClickException(message)


def _tell(shares: dict[str, Sequence[SheetRow]], stored: frozenset[str]) -> None:
    """The dry run: what is in the file, and what would come of it."""
    rows = [row for share in shares.values() for row in share]
    unknown = sheets.count_unknown(rows)
    crowded = sorted((row for row in rows if row.left_out), key=lambda row: row.line)
    offers = sum(row.kind is Kind.OFFER for row in rows)
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
    """(listings stored, slugs of the banks made), in one unit of work."""
    setting_up.prepare(settings)
    now, number, made = clock.now(), 0, list[str]()
    with setting_up.writing(settings) as session:
        setting_up.refuse_mixing(session, settings)
        for slug, rows in shares.items():
            number += sheets.store(session, _bank(session, slug, rows, made), rows, now=now)
    return number, made


def _bank(session: Session, slug: str, rows: Sequence[SheetRow], made: list[str]) -> Bank:
    """The bank under this slug, made and noted where it is not there. Raises ClickException where it cannot be."""
    bank = find_bank(session, slug)
    if bank is not None:
        return bank
    try:
        bank = open_bank(session, slug=slug, name=sheets.make_name(rows[0].timebank), now=clock.now())
    except TimebankError as error:
        raise click.ClickException(say(error)) from error
    made.append(slug)
    return bank
