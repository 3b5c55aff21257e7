"""The folders of templates and static files: inside the installed package, or beside it in a checkout."""

from pathlib import Path


def asset_dir(name: str) -> Path:
    """Return the path of 'templates' or 'static'. Raises FileNotFoundError where neither parent folder has it."""
    package = Path(__file__).parent
    for folder in (package / name, package.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(name)
