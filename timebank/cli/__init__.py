"""The command line: `timebank --help`."""

from timebank.cli import backing_up, checking, exporting, history, importing, sealing
from timebank.cli.commands import main

__all__ = ["backing_up", "checking", "exporting", "history", "importing", "main", "sealing"]
