"""`timebank init`, `migrate`, `add-coordinator` and `sign-in-link`: what an administrator does to an installation."""

from zoneinfo import available_timezones

import click

from timebank.cli import setting_up
from timebank.cli.installation import NAME, NEEDED_NAME, WORDS, any_settings, refusal, settings_there
from timebank.cli.setting_up import CannotSetUpError, Invitation
from timebank.db import UnsafeDatabaseError, opened
from timebank.emails import plain_email
from timebank.errors import TimebankError
from timebank.members.actions import NewMember
from timebank.signing_in.rules import CODE_LIFE

_WEB_ADDRESS = click.option(
    "--web-address", type=WORDS, default="http://127.0.0.1:5000", help="Where the site is reached."
)


@click.command()
@click.option("--bank", type=NEEDED_NAME, prompt="Name of the time bank", help="Name of the first time bank.")
@click.option(
    "--slug", type=WORDS, prompt="Short name for addresses, such as angus", help="Its short name, as in /angus."
)
@click.option("--coordinator", type=WORDS, prompt="The coordinator's e-mail", help="E-mail of the coordinator.")
@click.option("--coordinator-name", type=NAME, default="", help="Name of the coordinator.")
@click.option("--phone", type=WORDS, default="", help="Phone number that stands on every page.")
@click.option("--trustee", type=WORDS, default=None, help="E-mail of a second approver.")
@click.option(
    "--time-zone",
    default="Europe/London",
    type=click.Choice(sorted(available_timezones())),
    metavar="ZONE",
    help="Time zone of the bank, an IANA name.",
)
@_WEB_ADDRESS
def init(**answers: str) -> None:
    """Make the database, the keys, the first bank and its coordinator. There is no default password."""
    settings = any_settings()
    try:
        invitations = setting_up.set_up(settings, setting_up.Answers(**answers))
    except TimebankError as error:
        raise refusal(error) from error
    except (UnsafeDatabaseError, CannotSetUpError) as error:
        raise click.ClickException(str(error)) from error
    for invitation in invitations:
        _print(invitation)
    click.echo(setting_up.about_role(settings))


@click.command()
def migrate() -> None:
    """Bring the database up to date after an update, as its owner (TIMEBANK_OWNER_URL)."""
    settings = settings_there(before_migrating=True)
    settings.make_keys()  # those that a new version brings
    with opened(settings.owner_url) as owner:
        try:
            setting_up.take_steps(owner)
        except CannotSetUpError as error:
            raise click.ClickException(str(error)) from error
    setting_up.let_web_role_in(settings)
    setting_up.complete_banks(settings)
    click.echo("The database is up to date.")


@click.command("add-coordinator")
@click.option("--bank", type=WORDS, required=True, help="Short name of the bank.")
@click.option("--email", type=WORDS, required=True, help="E-mail of the coordinator.")
@click.option("--name", type=NAME, default="", help="Name of the coordinator.")
@_WEB_ADDRESS
def add_coordinator(bank: str, email: str, name: str, web_address: str) -> None:
    """Give a bank that is there a coordinator, such as its first one after an import."""
    settings = settings_there(before_migrating=True)
    person = NewMember(name or email.partition("@")[0], email=plain_email(email), roles=setting_up.COORDINATORS_ROLES)
    try:
        invitation = setting_up.add_coordinator(settings, bank, person, web_address)
    except CannotSetUpError as error:
        raise click.ClickException(str(error)) from error
    _print(invitation)


@click.command("sign-in-link")
@click.option("--bank", type=WORDS, required=True, help="Short name of the bank.")
@click.option("--number", required=True, type=int, help="Member number.")
@_WEB_ADDRESS
def sign_in_link(bank: str, number: int, web_address: str) -> None:
    """Print a one-time sign-in link, for a coordinator who can ask nobody else."""
    try:
        invitation = setting_up.make_link(settings_there(), bank, number, web_address)
    except CannotSetUpError as error:
        raise click.ClickException(str(error)) from error
    _print(invitation)


@click.command("role")
@click.option("--bank", type=WORDS, required=True, help="Short name of the bank.")
@click.option("--number", required=True, type=int, help="Member number.")
@click.option("--give", type=click.Choice(setting_up.ROLES), help="The role to give.")
@click.option("--take", type=click.Choice(setting_up.ROLES), help="The role to take.")
def role(bank: str, number: int, give: str | None, take: str | None) -> None:
    """Give or take a member's role, such as that of a second approver where nobody else can answer.

    Whom you make a coordinator or trustee here answers any coordinator's proposals from the first day on.
    """
    if bool(give) == bool(take):
        message = "say one of --give and --take"
        raise click.UsageError(message)
    try:
        name = setting_up.change_role(settings_there(), bank, number, give or take or "", gives=bool(give))
    except CannotSetUpError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{name} is {'now' if give else 'no longer'} {give or take}.")


def _print(invitation: Invitation) -> None:
    who = f"{invitation.name}, member {invitation.number},"
    click.echo(f"{who} signs in once, within {CODE_LIFE.days} days, with this link:\n  {invitation.link}")
