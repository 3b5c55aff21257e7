"""The command line: `timebank --help`."""

from timebank.cli import importing, sealing
from timebank.cli.commands import main

__all__ = ["importing", "main", "sealing"]
