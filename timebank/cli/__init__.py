"""The command line: `timebank --help`."""

from timebank.cli import backing_up, exporting, history, importing, sealing
from timebank.cli.commands import main

__all__ = ["backing_up", "exporting", "history", "importing", "main", "sealing"]
