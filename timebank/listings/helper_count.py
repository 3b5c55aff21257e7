"""How many helpers a request has: a column of queries, counted in the exchanges that came of it.

Exchanges are a room above, which registers how they are counted when it is imported.
"""

from collections.abc import Callable
from datetime import date

from sqlalchemy import ColumnElement, literal

#: Takes the bank's day; returns the number for each row of `listing` in the query around it.
HelperCount = Callable[[date], ColumnElement[int]]
_COUNTS: list[HelperCount] = []


def register(count: HelperCount) -> None:
    """Register how helpers are counted. Raises ValueError if that was registered already."""
    if _COUNTS:
        raise ValueError(count)
    _COUNTS.append(count)


def helpers_found(today: date) -> ColumnElement[int]:
    """Return how many have agreed to help with a listing, or have helped: of what is weekly, in the week of `today`."""
    return _COUNTS[0](today) if _COUNTS else literal(0)
