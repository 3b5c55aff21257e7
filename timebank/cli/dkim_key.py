"""`timebank make-dkim-key`: the key that signs e-mails, and the record that has to be published for it."""

from pathlib import Path

import click

from timebank.cli.installation import any_settings
from timebank.config import Settings
from timebank.emails import public_domain
from timebank.worker.dkim_signing import DkimSigner, in_strings, make_key, signer_of


@click.command("make-dkim-key")
@click.option("--show", is_flag=True, help="Make no key: print the record of the one that is there.")
def make_dkim_key(*, show: bool) -> None:
    """Make the key that signs e-mails (DKIM), and print the record that goes into the DNS.

    The key goes where TIMEBANK_DKIM_KEY says, or else into the instance folder. One that is there stays.
    """
    settings = any_settings()
    path = settings.dkim_key or settings.instance / "dkim.key"
    if not show:
        _refuse_local(settings)
        _make(path)
    signer = signer_of(settings, path)
    click.echo(f"Publish this TXT record in the DNS of {signer.domain}:\n")
    _print_record(signer)
    click.echo("\nWhere a form asks for the value alone, it is without quotes and brackets, in one line:\n")
    click.echo(f"  {signer.record}")
    if settings.dkim_key is None:
        click.echo(f"\nOnce it is published, set TIMEBANK_DKIM_KEY={path} and start the worker again.")
    else:
        click.echo("\nOnce it is published, start the worker again.")
    click.echo("Then run 'timebank doctor --mail'.")


def _refuse_local(settings: Settings) -> None:
    """Raise ClickException where e-mails come from no domain that could have a record."""
    if not public_domain(settings.sender):
        message = f"e-mails come from {settings.sender}: set TIMEBANK_ADDRESS or TIMEBANK_MAIL_FROM first"
        raise click.ClickException(message)


def _make(path: Path) -> None:
    """Make the key. Raises ClickException where one is there: the DNS and e-mails on their way go by it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        make_key(path)
    except FileExistsError as error:
        message = (
            f"{path} is there and stays: --show prints its record. For a new key, put another file into"
            " TIMEBANK_DKIM_KEY and another name into TIMEBANK_DKIM_SELECTOR."
        )
        raise click.ClickException(message) from error
    click.echo(f"The key is in {path}, for its owner alone to read. Keep it to yourself.")


def _print_record(signer: DkimSigner) -> None:
    """Print the record as zone files have it."""
    strings = "\n    ".join(f'"{string}"' for string in in_strings(signer.record))
    click.echo(f"  {signer.record_name}. IN TXT (\n    {strings} )")
