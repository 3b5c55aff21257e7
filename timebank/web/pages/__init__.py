"""The pages of the site: a package for each feature, with its blueprint in `__init__` and its views in modules.

The packages are found by their folders, so that a new one needs no more than its line in setup.cfg, which a test
compares with the tree. They do not import each other (a contract in setup.cfg).
"""

from importlib import import_module
from pkgutil import iter_modules

from flask import Blueprint


def list_blueprints() -> list[Blueprint]:
    """Return the blueprint of every page package, in the order of their names, with all views registered on it."""
    return [_load(f"{__name__}.{module.name}") for module in iter_modules(__path__) if module.ispkg]


def _load(name: str) -> Blueprint:
    """Import a package and its modules: a view joins its blueprint when its module is imported."""
    package = import_module(name)
    for module in iter_modules(package.__path__):
        import_module(f"{name}.{module.name}")
    blueprint: Blueprint = package.blueprint
    return blueprint
