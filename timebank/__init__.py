"""Software for time banks: neighbours help each other by the hour, and anyone can check the books."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from timebank.config import Settings


def create_app(settings: "Settings | None" = None) -> "Flask":
    """Return the site: what `flask --app timebank` and `gunicorn 'timebank:create_app()'` call; see `timebank.app`."""
    from timebank.app import create_app as create  # noqa: PLC0415 (a command that serves nothing loads no Flask)

    return create(settings)
