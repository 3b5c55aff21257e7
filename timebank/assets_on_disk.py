"""Where the templates and static files lie: inside the installed package, or beside it in a checkout."""

from pathlib import Path


def asset_dir(name: str) -> Path:
    """The folder `name` ('templates' or 'static'). Raises FileNotFoundError where neither place has it."""
    package = Path(__file__).parent
    for place in (package / name, package.parent / name):
        if place.is_dir():
            return place
    raise FileNotFoundError(name)
