"""`timebank demo`: a made-up village to try things out in."""

from dataclasses import replace

import click

from timebank.cli.beside import worker_beside
from timebank.cli.demo_bank import demo_settings, make_demo
from timebank.cli.installation import any_settings
from timebank.cli.serving import serve_site
from timebank.cli.setting_up import CannotSetUpError
from timebank.demo.names import SLUG
from timebank.demo.village import PASSWORD, TO_TRY


@click.command()
@click.option("--port", default=5000, show_default=True, help="Port to listen on.")
@click.option("--only-make", is_flag=True, help="Make the demo and its sign-in names, and serve nothing.")
def demo(port: int, *, only_make: bool) -> None:
    """Serve a made-up village with a database of its own, to try things out. Running it again keeps what was done."""
    settings = demo_settings(any_settings())
    try:
        make_demo(settings)
    except CannotSetUpError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"\nA made-up village with two time banks is at http://127.0.0.1:{port}\n\nSign in as")
    for person in TO_TRY:
        click.echo(f"  {person.email:<20} {PASSWORD}   {person.name}, {person.part}")
    click.echo("Everybody else there who signs in has the same password.\n")
    if not only_make:
        settings = replace(settings, address=f"http://127.0.0.1:{port}")
        click.echo(f"What members are told by e-mail stands at {settings.address}/{SLUG}/sent\n")
        with worker_beside(settings):
            serve_site(settings, "127.0.0.1", port)
