"""The command line: `timebank --help`."""

from timebank.cli import importing
from timebank.cli.commands import main

__all__ = ["importing", "main"]
