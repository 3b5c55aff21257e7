"""The command line: `timebank --help`."""

from timebank.cli import exporting, importing, sealing
from timebank.cli.commands import main

__all__ = ["exporting", "importing", "main", "sealing"]
