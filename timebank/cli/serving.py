"""Serve the site with waitress, as an administrator does."""

from collections.abc import Mapping
from typing import Any

import click
import waitress
from flask import Flask

from timebank import clock
from timebank.app import LARGEST_FORM, UnsafeDebugError, start
from timebank.config import NotSetUpError, Settings
from timebank.db import UnsafeDatabaseError
from timebank.migrations.run import NotMigratedError

#: Up to here the site itself says kindly that a form is too large, such as a file that somebody chose.
LARGEST_BODY = 4 * LARGEST_FORM
#: Limits of the server itself, since the site's own are asked only once a request is whole. A connection that says
#: nothing for `channel_timeout` seconds is closed, so that a hundred half-open ones do not keep everybody out.
LIMITS: Mapping[str, Any] = {
    "threads": 8,
    "connection_limit": 1_000,
    "channel_timeout": 20,
    "cleanup_interval": 5,
    "max_request_header_size": 32 * 1024,
    "max_request_body_size": LARGEST_BODY,
    "ident": None,
}


def serve_site(settings: Settings, host: str, port: int) -> None:
    """Serve with waitress until Ctrl+C."""
    app = make_site(settings)
    click.echo(f"Serving on http://{host}:{port} since {clock.now():%H:%M} UTC. Ctrl+C ends it.")
    try:
        waitress.serve(app, host=host, port=port, **LIMITS)
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
