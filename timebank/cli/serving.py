"""Serve the site with waitress, as an administrator does."""

import click
import waitress
from flask import Flask

from timebank import clock
from timebank.app import UnsafeDebugError, start
from timebank.config import NotSetUpError, Settings
from timebank.db import UnsafeDatabaseError
from timebank.migrations.run import NotMigratedError

_THREADS = 8


def serve_site(settings: Settings, host: str, port: int) -> None:
    """Serve with waitress until Ctrl+C."""
    app = make_site(settings)
    click.echo(f"Serving on http://{host}:{port} since {clock.now():%H:%M} UTC. Ctrl+C ends it.")
    try:
        waitress.serve(app, host=host, port=port, threads=_THREADS, ident=None)
    except OSError as error:
        message = f"port {port} cannot be opened ({error.strerror}): choose another, such as --port 8000"
        raise click.ClickException(message) from error


def make_site(settings: Settings) -> Flask:
    """Make the site. Raises ClickException with what to do where it cannot start."""
    try:
        return start(settings)
    except NotMigratedError as error:
        raise click.ClickException(str(error)) from error
    except (NotSetUpError, UnsafeDatabaseError, UnsafeDebugError) as error:
        message = f"the site does not start: {error}"
        raise click.ClickException(message) from error
