"""A group whose commands are imported only when they run: `timebank seal` loads neither the site nor the demo."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class LazyGroup(click.Group):
    """A click group that maps each command's name to 'module:function'. `--help` imports all of them."""

    def __init__(self, *arguments: Any, targets: Mapping[str, str], **attributes: Any) -> None:  # noqa: ANN401 (as of click.Group)
        super().__init__(*arguments, **attributes)
        self._targets = targets

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 (the signature is click's)
        """Run the command; an error that is no bug, such as a full disk, is told in one line."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            from timebank.cli.refusals import one_line  # noqa: PLC0415 (needed only where something failed)

            line = one_line(error)
            if line is None:
                raise
            raise click.ClickException(line) from error

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (the signature is click's)
        """Return the names of all commands."""
        return sorted(self._targets)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 (the signature is click's)
        """Import a command; None where no command has this name."""
        if cmd_name not in self._targets:
            return None
        module, _, function = self._targets[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), function)
        return command
