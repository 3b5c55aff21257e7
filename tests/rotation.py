"""Pages are looked at in one of several ways in each run, another for each page, and in all of them by `make look`.

The way depends on a seed that the run prints. LOOK_SEED sets it, so that a run can be repeated; LOOK=all asks for all.
"""

import os
import secrets
from collections.abc import Sequence
from typing import TypeVar

_SEED, _LOOK = "LOOK_SEED", "LOOK"
Way = TypeVar("Way")


def looks_in_every_way() -> bool:
    return os.environ.get(_LOOK) == "all"


def chosen(ways: Sequence[Way], number: int) -> Sequence[Way]:
    """The ways in which the page of this number is looked at in this run."""
    return ways if looks_in_every_way() else [ways[(int(os.environ[_SEED]) + number) % len(ways)]]


def pytest_configure() -> None:
    """Choose a seed before xdist starts its workers, which inherit it."""
    os.environ.setdefault(_SEED, str(secrets.randbelow(1000)))


def pytest_report_header() -> str:
    return (
        f"pages: looked at in every way ({_LOOK}=all)"
        if looks_in_every_way()
        else f"pages: {_SEED}={os.environ[_SEED]}"
    )
