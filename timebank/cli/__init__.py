"""The command line: `timebank --help`."""

from timebank.cli import exporting, history, importing, sealing
from timebank.cli.commands import main

__all__ = ["exporting", "history", "importing", "main", "sealing"]
