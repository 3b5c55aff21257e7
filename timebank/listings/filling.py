"""Where a request stands: for which day it is, how many helpers it wants and has, and whether others find it. Pure.

An offer wants nobody, so that it is never filled and has no day.
"""

from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from timebank.errors import PastDayError
from timebank.listings.errors import HelpersWantedError
from timebank.listings.rules import Life, ListingKind, ListingText
from timebank.week import DAYS_A_WEEK

MOST_HELPERS = 10
#: For so long after the last helper's day, who asked reads on home what came of it.
OUTCOME_DAYS = 7


class ListingState(StrEnum):
    """Whether others find a listing and, if not, why."""

    FOUND = "found"
    FILLED = "filled"
    DAY_PASSED = "day_passed"
    TO_REVIEW = "to_review"
    PAUSED = "paused"
    CLOSED = "closed"


#: States in which nobody comes any more, though it was not called off.
RAN_OUT = frozenset({ListingState.DAY_PASSED, ListingState.TO_REVIEW})


class DayColumns(Protocol):
    """The columns that say for which days a request is."""

    @property
    def wanted_on(self) -> date | None: ...  # noqa: D102 (a column)
    @property
    def every_week(self) -> bool: ...  # noqa: D102 (a column)


class ListingColumns(DayColumns, Protocol):
    """The columns of a listing that rules need, and `helpers_found`, those who have agreed or come."""

    @property
    def kind(self) -> str: ...  # noqa: D102 (a column)
    @property
    def life(self) -> str: ...  # noqa: D102 (a column)
    @property
    def review_on(self) -> date: ...  # noqa: D102 (a column)
    @property
    def helpers_wanted(self) -> int: ...  # noqa: D102 (a column)
    @property
    def helpers_found(self) -> int: ...  # noqa: D102 (a column)


def check_asked(content: ListingText, today: date) -> None:
    """Raise PastDayError for a day that is over, or HelpersWantedError; `today` is where the bank is.

    What is wanted every week may have begun before.
    """
    if content.wanted_on is not None and content.wanted_on < today and not content.every_week:
        raise PastDayError
    if not 1 <= content.helpers_wanted <= MOST_HELPERS:
        raise HelpersWantedError(most=MOST_HELPERS)


def places_left(listing: ListingColumns) -> int:
    """Return how many helpers a request still wants; 0 for an offer. More may have come than it wanted."""
    if listing.kind == ListingKind.OFFER:
        return 0
    return max(0, listing.helpers_wanted - listing.helpers_found)


def week_of(today: date) -> tuple[date, date]:
    """Return the Monday and the Sunday of a day's week, in which helpers of a weekly request are counted."""
    monday = today - timedelta(days=today.weekday())
    return monday, monday + timedelta(days=DAYS_A_WEEK - 1)


def next_day(listing: DayColumns, today: date) -> date | None:
    """Return the day that a request is for: its own, or where it is weekly the next one; None: any day."""
    day = listing.wanted_on
    if day is None or not listing.every_week or day >= today:
        return day
    return today + timedelta(days=(day - today).days % DAYS_A_WEEK)


def state_of(listing: ListingColumns, today: date) -> ListingState:
    """Return whether others find a listing whose owner is active and, if not, why. What is weekly has no last day."""
    if listing.life != Life.OPEN:
        return ListingState(listing.life)
    if listing.kind == ListingKind.REQUEST and not places_left(listing):
        return ListingState.FILLED
    if _has_passed(listing, today):
        return ListingState.DAY_PASSED
    return ListingState.TO_REVIEW if listing.review_on < today else ListingState.FOUND


def has_run_out(listing: ListingColumns, today: date) -> bool:
    """Return whether its day or its time to be looked at again has passed, filled or not."""
    return _has_passed(listing, today) or listing.review_on < today


def _has_passed(listing: DayColumns, today: date) -> bool:
    return listing.wanted_on is not None and listing.wanted_on < today and not listing.every_week


def is_news(listing: ListingColumns, last_day: date | None, today: date) -> bool:
    """Return whether who asked reads of the request on home; `last_day` is the last one of those who have agreed.

    What nobody came for stays until it is asked again or called off.
    """
    state = state_of(listing, today)
    if state is ListingState.FOUND:
        return True
    if state in RAN_OUT and not listing.helpers_found:
        return True
    is_over = state in RAN_OUT or state is ListingState.FILLED
    return is_over and last_day is not None and last_day >= today - timedelta(days=OUTCOME_DAYS)
