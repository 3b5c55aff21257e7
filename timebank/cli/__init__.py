"""The command line: `timebank --help`."""

from timebank.cli.commands import main

__all__ = ["main"]
