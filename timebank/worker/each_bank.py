"""Doing something in each bank, so that one in which it fails keeps no other from it."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from timebank.worker.trouble import place_of

Result = TypeVar("Result")
_log = logging.getLogger(__name__)


class SomeBanksFailedError(Exception):
    """What was done in each bank failed in these (by slug)."""


def in_each(slugs: Iterable[str], do: Callable[[str], Result]) -> list[Result]:
    """Call `do` with each slug; return its results. It has transactions of its own.

    Raises SomeBanksFailedError once it was called for all; why it failed in a bank is in the log.
    """
    results, failed = list[Result](), list[str]()
    for slug in slugs:
        try:
            results.append(do(slug))
        except Exception as error:  # noqa: BLE001 (whatever it is, the other banks go on)
            _log.error("in the bank %s: %s", slug, place_of(error))
            failed.append(slug)
    if failed:
        raise SomeBanksFailedError(", ".join(failed))
    return results
