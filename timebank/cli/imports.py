"""The group `timebank import`."""

import click

from timebank.cli.lazy_group import LazyGroup

_TARGETS = {
    "history": "timebank.cli.history:import_history",
    "listings": "timebank.cli.importing:import_listings",
}


@click.group("import", cls=LazyGroup, targets=_TARGETS)
def import_() -> None:
    """Bring in what another system wrote."""
