"""`timebank seal`: number what is new in the books, and sign the whole."""

import click

from timebank import clock
from timebank.banks.queries import find_bank, list_banks
from timebank.bookkeeping.sealing.actions import Sealed, seal as seal_books
from timebank.cli.installation import WORDS, no_bank, refusal, settings_there, writing
from timebank.config import Settings
from timebank.errors import TimebankError
from timebank.ledger.leaves import LeafKind
from timebank.worker.each_bank import in_each

_WORDS = {
    LeafKind.LOG: "new logs",
    LeafKind.ACCOUNT: "accounts",
    LeafKind.HOLDER: "account holders",
    LeafKind.LIMIT_CHANGE: "limit changes",
    LeafKind.HOLD: "holds",
    LeafKind.ENTRY: "entries",
    LeafKind.HOLD_RESOLVED: "holds resolved",
    LeafKind.CLOSING: "closings",
}


@click.command()
@click.option("--bank", type=WORDS, default=None, help="Short name of one bank; without it, all of them.")
@click.option("--new-key", is_flag=True, help="Sign with a new key from now on; the old public keys stay listed.")
def seal(bank: str | None, *, new_key: bool) -> None:
    """Seal what is new in the books: number it, and sign the whole. The worker does it each minute."""
    settings = settings_there()
    if new_key:
        settings.change_seal_key()
        click.echo("From now on a new key signs. Restart the site, so that it takes the new key too.")
    for slug in _slugs(settings, bank):
        click.echo(f"{slug}: {_describe(_seal_or_say(settings, slug))}")


def seal_all(settings: Settings) -> None:
    """Seal what is new in every bank. Raises SomeBanksFailedError, such as where a bank's log cannot be continued."""
    in_each(_slugs(settings, None), lambda slug: _seal(settings, slug))


def _seal_or_say(settings: Settings, slug: str) -> Sealed | None:
    try:
        return _seal(settings, slug)
    except TimebankError as error:
        message = f"{slug}: {refusal(error).message}"
        raise click.ClickException(message) from error


def _slugs(settings: Settings, only: str | None) -> list[str]:
    with writing(settings) as session:
        slugs = [slug for slug, _name in list_banks(session)]
    if only is None:
        return slugs
    if only not in slugs:
        raise no_bank(only)
    return [only]


def _seal(settings: Settings, slug: str) -> Sealed | None:
    """Seal one bank in a transaction of its own; None where nothing was new."""
    with writing(settings) as session:
        bank = find_bank(session, slug)
        return seal_books(session, bank.id, now=clock.now()) if bank else None


def _describe(sealed: Sealed | None) -> str:
    if sealed is None:
        return "nothing new"
    new = ", ".join(f"{number:,} {_WORDS[kind]}" for kind, number in sealed.new.items())
    return f"sealed {new}; {sealed.size:,} in all"
