"""`timebank run`: the site in a server process."""

from contextlib import nullcontext
from dataclasses import replace

import click

from timebank.cli.beside import worker_beside
from timebank.cli.installation import WORDS, settings_there
from timebank.config import LOG_FORMATS, LOG_LEVELS, Settings

_THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})


@click.command()
@click.option("--port", default=5000, show_default=True, help="Port to listen on.")
@click.option("--host", type=WORDS, default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--log-format", type=click.Choice(LOG_FORMATS), default=None, help="As TIMEBANK_LOG_FORMAT.")
@click.option("--log-level", type=click.Choice(LOG_LEVELS), default=None, help="As TIMEBANK_LOG_LEVEL.")
@click.option("--worker/--no-worker", "works", default=False, help="Run the worker too, in a process beside the site.")
@click.option("--reload", "reloads", is_flag=True, help="For developers: start again when code or files change.")
@click.option("--debug", is_flag=True, help="For developers: --reload, and errors with their code in the browser.")
def run(  # noqa: PLR0913 (the options of the command)
    port: int, host: str, log_format: str | None, log_level: str | None, *, works: bool, reloads: bool, debug: bool
) -> None:
    """Serve the site."""
    settings = settings_there()
    settings = replace(
        settings, log_format=log_format or settings.log_format, log_level=log_level or settings.log_level
    )
    if reloads or debug:
        _refuse_public(settings, host)
        from timebank.cli.developing import develop  # noqa: PLC0415 (a broken site must not end the reloader)

        develop(settings, host, port, debug=debug)
    else:
        from timebank.cli.serving import serve_site  # noqa: PLC0415 (as above)

        _warn_of_open_doors(settings, host)
        with worker_beside(settings) if works else nullcontext():
            serve_site(settings, host, port)


def _warn_of_open_doors(settings: Settings, host: str) -> None:
    """Print a warning for each setting that a site lacks which others reach."""
    if host in _THIS_MACHINE:
        return
    if not settings.https:
        click.echo(
            "Warning: without TIMEBANK_HTTPS=1 passwords and cookies go over the network in the clear.", err=True
        )
    if not settings.hosts:
        click.echo("Warning: without TIMEBANK_HOSTS a request may call the site by any name.", err=True)


def _refuse_public(settings: Settings, host: str) -> None:
    """Raise UsageError for a development server that others could reach: its debugger runs any code."""
    if host not in _THIS_MACHINE or settings.is_public:
        message = "--reload and --debug are for this machine alone: not with --host, TIMEBANK_HTTPS or TIMEBANK_PROXIES"
        raise click.UsageError(message)
