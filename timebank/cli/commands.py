"""Every command of the installation's administrator, a function each."""

from datetime import timedelta
from importlib import metadata
from zoneinfo import available_timezones

import click

from timebank import clock
from timebank.app import create_app
from timebank.cli import setting_up
from timebank.config import NotSetUpError, Settings, read_settings
from timebank.db import UnsafeDatabaseError, opened
from timebank.demo.village import PASSWORD, TO_TRY
from timebank.errors import TimebankError
from timebank.migrations import run as migrations
from timebank.web.sentences import say

_PORT = 5000


@click.group()
@click.version_option(metadata.version("timebank"))
def main() -> None:
    """Run a time bank: hours between neighbours, in books that anyone can check."""


@main.command()
@click.option("--bank", prompt="Name of the time bank", help="Name of the first time bank.")
@click.option("--slug", prompt="Short name for addresses, such as angus", help="Its short name, as in /angus.")
@click.option("--coordinator", prompt="The coordinator's e-mail", help="E-mail of the coordinator.")
@click.option("--coordinator-name", default="", help="Name of the coordinator.")
@click.option("--phone", default="", help="Phone number that stands on every page.")
@click.option("--trustee", default=None, help="E-mail of a second approver.")
@click.option(
    "--time-zone",
    default="Europe/London",
    type=click.Choice(sorted(available_timezones())),
    metavar="ZONE",
    help="Time zone of the bank, an IANA name.",
)
@click.option("--web-address", default="http://127.0.0.1:5000", help="Where the site is reached.")
def init(**answers: str) -> None:
    """Make the database, the keys, the first bank and its coordinator. There is no default password."""
    settings = read_settings()
    try:
        people = setting_up.set_up(settings, setting_up.Answers(**answers))
    except TimebankError as error:
        raise click.ClickException(say(error)) from error
    except (UnsafeDatabaseError, setting_up.CannotSetUpError) as error:
        raise click.ClickException(str(error)) from error
    for name, link in people:
        click.echo(f"{name} signs in once, within 14 days, with this link:\n  {link}")
    click.echo(setting_up.about_role(settings))


@main.command()
def migrate() -> None:
    """Bring the database up to date after an update, as its owner (TIMEBANK_OWNER_URL)."""
    settings = settings_there(before_migrating=True)
    settings.make_keys()  # those that a new version brings
    with opened(settings.owner_url) as owner:
        try:
            setting_up.take_steps(owner)
        except setting_up.CannotSetUpError as error:
            raise click.ClickException(str(error)) from error
    setting_up.let_web_role_in(settings)
    setting_up.complete_banks(settings)
    click.echo("The database is up to date.")


@main.command()
@click.option("--port", default=_PORT, show_default=True, help="Port to listen on.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
def run(port: int, host: str) -> None:
    """Serve the site."""
    _serve(settings_there(), host, port)


@main.command()
@click.option("--port", default=_PORT, show_default=True, help="Port to listen on.")
@click.option("--only-make", is_flag=True, help="Make the demo and its sign-in names, and serve nothing.")
def demo(port: int, *, only_make: bool) -> None:
    """Serve a made-up village with a database of its own, to try things out. Running it again keeps what was done."""
    settings = setting_up.demo_settings(read_settings())
    try:
        setting_up.make_demo(settings)
    except setting_up.CannotSetUpError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"\nA made-up village with two time banks is at http://127.0.0.1:{port}\n\nSign in as")
    for person in TO_TRY:
        click.echo(f"  {person.email:<20} {PASSWORD}   {person.name}, {person.part}")
    click.echo("Everybody else there has the same password.\n")
    if not only_make:
        _serve(settings, "127.0.0.1", port)


@main.command()
def sweep() -> None:
    """Do what time brings, once a day from cron.

    Floors whose override has ended are raised, recorded help that nobody answers is set aside, and what is stale is
    cleared away.
    """
    raised, ended, cleared = setting_up.sweep(settings_there())
    click.echo(f"{raised} floors raised, {ended} unanswered exchanges set aside.")
    click.echo(f"{cleared} stale drafts, codes and tries cleared away.")


@main.command("sign-in-link")
@click.option("--bank", required=True, help="Short name of the bank.")
@click.option("--number", required=True, type=int, help="Member number.")
@click.option("--web-address", default="http://127.0.0.1:5000", help="Where the site is reached.")
def sign_in_link(bank: str, number: int, web_address: str) -> None:
    """Print a one-time sign-in link, for a coordinator who can ask nobody else."""
    try:
        name, link = setting_up.make_link(settings_there(), bank, number, web_address)
    except setting_up.CannotSetUpError as error:
        raise click.ClickException(str(error)) from error
    days = timedelta(days=14).days
    click.echo(f"{name} signs in once, within {days} days, with this link:\n  {link}")


def settings_there(*, before_migrating: bool = False) -> Settings:
    """The settings of an installation that is set up; says what to do where it is not."""
    settings = read_settings()
    if not settings.is_set_up:
        message = f"nothing is set up in {settings.instance} yet: run 'timebank init' first"
        raise click.ClickException(message)
    if not before_migrating and not settings.can_seal:
        message = f"the key of the seals is missing in {settings.instance}: run 'timebank migrate' first"
        raise click.ClickException(message)
    return settings


def _serve(settings: Settings, host: str, port: int) -> None:
    from waitress import serve  # noqa: PLC0415 (only the server needs it)

    with opened(settings.database_url) as engine:
        if not migrations.is_up_to_date(engine):
            message = "the database has not taken all steps yet: run 'timebank migrate' first"
            raise click.ClickException(message)
    try:
        app = create_app(settings)
    except (NotSetUpError, UnsafeDatabaseError) as error:
        message = f"the site does not start: {error}"
        raise click.ClickException(message) from error
    click.echo(f"Serving on http://{host}:{port} since {clock.now():%H:%M} UTC. Ctrl+C ends it.")
    try:
        serve(app, host=host, port=port, threads=8, ident=None)
    except OSError as error:
        message = f"port {port} cannot be opened ({error.strerror}): choose another, such as --port 8000"
        raise click.ClickException(message) from error
