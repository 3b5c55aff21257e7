"""Sealing the books, and checking what was sealed with nothing but the files in hand."""

import click

from timebank import clock
from timebank.banks.queries import find_bank, list_banks
from timebank.bookkeeping.sealing import Sealed, seal as seal_books
from timebank.cli import setting_up
from timebank.cli.commands import main, settings_there
from timebank.config import Settings
from timebank.errors import TimebankError
from timebank.ledger.leaves import LeafKind
from timebank.web.sentences import say

_WORDS = {LeafKind.ACCOUNT: "accounts", LeafKind.LIMIT_CHANGE: "limit changes", LeafKind.ENTRY: "entries"}


@main.command()
@click.option("--bank", default=None, help="Short name of one bank; without it, all of them.")
@click.option("--new-key", is_flag=True, help="Sign with a new key from now on; the old public keys stay listed.")
def seal(bank: str | None, *, new_key: bool) -> None:
    """Seal what is new in the books: number it, and sign the whole. Run it every few minutes from cron."""
    settings = settings_there()
    if new_key:
        settings.change_seal_key()
        click.echo("From now on a new key signs. Restart the site, so that it takes the new key too.")
    for slug in _slugs(settings, bank):
        try:
            sealed = _seal(settings, slug)
        except TimebankError as error:
            message = f"{slug}: {say(error)}"
            raise click.ClickException(message) from error
        click.echo(f"{slug}: {_tell(sealed)}")


def _slugs(settings: Settings, only: str | None) -> list[str]:
    with setting_up.writing(settings) as session:
        slugs = [slug for slug, _name in list_banks(session)]
    if only is None:
        return slugs
    if only not in slugs:
        message = f"no bank is called {only}"
        raise click.ClickException(message)
    return [only]


def _seal(settings: Settings, slug: str) -> Sealed | None:
    """Seal one bank in a unit of work of its own."""
    with setting_up.writing(settings) as session:
        bank = find_bank(session, slug)
        return seal_books(session, bank.id, now=clock.now()) if bank else None


def _tell(sealed: Sealed | None) -> str:
    if sealed is None:
        return "nothing new"
    new = ", ".join(f"{number:,} {_WORDS[kind]}" for kind, number in sealed.new.items())
    return f"sealed {new}; {sealed.size:,} in all"
