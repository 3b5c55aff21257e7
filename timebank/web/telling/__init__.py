"""The words of notices, and the e-mails made of them: rendered for their reader, in the bank's time zone.

The modules `of_…` have the words of each kind; they are found by their names, and register their makers when imported.
"""

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    if _module.name.startswith("of_"):
        import_module(f"{__name__}.{_module.name}")
