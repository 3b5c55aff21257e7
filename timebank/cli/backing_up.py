"""`timebank backup` and `timebank restore`: the whole database in one file, and back again."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from timebank import clock
from timebank.cli import archives, restoring
from timebank.cli.archives import BackupNote, CannotCopyError, CannotRestoreError, NotABackupError
from timebank.cli.checking import ask_checks
from timebank.cli.installation import any_settings, settings_there
from timebank.cli.postgresql_programs import ProgramMissingError
from timebank.cli.restoring import Fork

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="File to write; without it, one in this folder that is named after the moment.",
)
def backup(out: Path | None) -> None:
    """Copy the whole database into one file, while the site runs. The secret keys are not in it."""
    settings, now = settings_there(), clock.now()
    path = (out or Path(f"timebank-{now:%Y-%m-%d-%H%M%S}.backup")).absolute()
    if path.exists():
        message = f"{path} is there already: a backup never takes the place of another"
        raise click.ClickException(message)
    try:
        note = archives.write(settings, path, now)
    except (CannotCopyError, ProgramMissingError) as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror}"
        raise click.ClickException(message) from error
    click.echo(f"{path}: {path.stat().st_size:,} bytes, read back and whole.")
    _print_banks(note)
    click.echo(f"The secret keys are not in it. Keep copies of the files in {settings.instance} in another place.")


@click.command()
@click.argument("file", type=_FILE)
@click.option(
    "--checkpoint",
    "checkpoints",
    multiple=True,
    type=_FILE,
    help="A seal that was made public; may be given several times.",
)
@click.option("--replace", is_flag=True, help="Take the place of the database that is there.")
@click.option("--new-log", is_flag=True, help="Begin a new log of seals for every bank, whatever is known.")
def restore(file: Path, checkpoints: Sequence[Path], *, replace: bool, new_log: bool) -> None:
    """Put a backup back, check the books, and see whether they can go on from the seals that were made public.

    Stop the site first. Where the backup is older than a seal, its books are sealed under a new name from then on.
    """
    settings, now = any_settings(), clock.now()
    try:
        folder = _folder(settings.instance)
        restoring.refuse_without_keys(settings)
        published = restoring.read_checkpoints(checkpoints)
        with archives.read(file, folder, settings.books_key) as (note, copy):
            restoring.refuse(settings, note, published, replace=replace)
            published += restoring.list_replaced_seals(settings, note) if replace else []
            published += restoring.list_remembered_seals(settings, note)
            aside = restoring.put_back(settings, note, copy, replace=replace, now=now)
        forks = restoring.begin_logs(settings, published, always=new_log, now=now)
    except (CannotCopyError, NotABackupError, CannotRestoreError, ProgramMissingError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Restored what was backed up at {note.made_at}.")
    if aside is not None:
        click.echo(f"The database that was there lies at {aside} now.")
    _print_banks(note)
    _print_forks(forks)
    if not checkpoints:
        click.echo("No --checkpoint was given. If seals were made public after this backup, restore it again with")
        click.echo("the newest of each bank, or with --new-log. Else two histories may stand under one name.")
    sys.exit(0 if ask_checks(settings) else 1)


def _folder(instance: Path) -> Path:
    instance.mkdir(parents=True, exist_ok=True)
    return instance


def _print_banks(note: BackupNote) -> None:
    for slug, bank in note.banks.items():
        seal = f"sealed up to row {bank['checkpoint'].splitlines()[1]}" if bank["checkpoint"] else "not sealed yet"
        click.echo(f"  {slug}: entries {bank['entries']:,}, {seal}")


def _print_forks(forks: Sequence[Fork]) -> None:
    for fork in forks:
        if fork.checkpoint is not None:
            seal = fork.checkpoint
            click.echo(f"FORK {fork.slug}: the seal of {seal.size:,} rows, signed {seal.signed_at}, was made public.")
            click.echo(f"     The restored books have {fork.size:,} sealed rows and do not go on from it.")
        click.echo(f"     {fork.slug} is sealed from now on as {fork.name}. Publish its new seal, and say why.")
