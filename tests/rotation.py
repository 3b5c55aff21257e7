"""Chooses which combination of colours, direction and width each page is tested in, besides the usual one.

The choice follows from the page's number and a seed, which every run prints. LOOK_SEED sets the seed, to repeat a run;
LOOK=all, as `make look` does, chooses every combination.
"""

import os
import secrets
from collections.abc import Sequence
from typing import TypeVar

_SEED, _LOOK = "LOOK_SEED", "LOOK"
Combination = TypeVar("Combination")


def chooses_all() -> bool:
    return os.environ.get(_LOOK) == "all"


def choose(combinations: Sequence[Combination], number: int) -> Sequence[Combination]:
    """Return the combinations for the page of this number: one, or all of them."""
    if chooses_all():
        return combinations
    return [combinations[(int(os.environ[_SEED]) + number) % len(combinations)]]


def pytest_configure() -> None:
    """Choose a seed before xdist starts its workers, which inherit it."""
    os.environ.setdefault(_SEED, str(secrets.randbelow(1000)))


def pytest_report_header() -> str:
    return f"axe: every combination ({_LOOK}=all)" if chooses_all() else f"axe: {_SEED}={os.environ[_SEED]}"
