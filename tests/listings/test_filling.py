"""Where a request stands, as tables: its day, the helpers it wants and has, and whether others find it."""

from dataclasses import dataclass, replace
from datetime import date

import pytest

from timebank.errors import PastDayError
from timebank.listings import filling
from timebank.listings.errors import HelpersWantedError
from timebank.listings.filling import ListingState
from timebank.listings.rules import ListingText

FRIDAY = date(2026, 11, 20)
SATURDAY = date(2026, 11, 21)
SUNDAY = date(2026, 11, 22)
NEXT_FRIDAY = date(2026, 11, 27)
SAID = ListingText("The hedge", "", (1,))


@dataclass(frozen=True)
class Row:
    """A request for one helper on any day, open and reviewed in time."""

    kind: str = "request"
    life: str = "open"
    review_on: date = date(2027, 5, 21)
    wanted_on: date | None = None
    every_week: bool = False
    helpers_wanted: int = 1
    helpers_found: int = 0


@pytest.mark.parametrize(
    ("row", "left"),
    [
        (Row(), 1),
        (Row(helpers_found=1), 0),
        (Row(helpers_wanted=3, helpers_found=1), 2),
        (Row(helpers_wanted=2, helpers_found=3), 0),
        (Row(kind="offer"), 0),
    ],
)
def test_how_many_helpers_a_request_still_wants(row, left):
    assert filling.places_left(row) == left


@pytest.mark.parametrize(
    ("row", "state"),
    [
        (Row(), ListingState.FOUND),
        (Row(wanted_on=SATURDAY), ListingState.FOUND),
        (Row(wanted_on=FRIDAY), ListingState.DAY_PASSED),
        (Row(wanted_on=FRIDAY, every_week=True), ListingState.FOUND),
        (Row(wanted_on=FRIDAY, helpers_found=1), ListingState.FILLED),
        (Row(wanted_on=FRIDAY, helpers_found=1, helpers_wanted=2), ListingState.DAY_PASSED),
        (Row(helpers_found=1), ListingState.FILLED),
        (Row(helpers_found=1, helpers_wanted=2), ListingState.FOUND),
        (Row(helpers_found=1, every_week=True), ListingState.FILLED),
        (Row(review_on=SATURDAY), ListingState.FOUND),
        (Row(review_on=FRIDAY), ListingState.TO_REVIEW),
        (Row(review_on=FRIDAY, every_week=True), ListingState.TO_REVIEW),
        (Row(life="paused", helpers_found=1), ListingState.PAUSED),
        (Row(life="closed", wanted_on=FRIDAY), ListingState.CLOSED),
        (Row(kind="offer"), ListingState.FOUND),
        (Row(kind="offer", helpers_found=5), ListingState.FOUND),
        (Row(kind="offer", review_on=FRIDAY), ListingState.TO_REVIEW),
    ],
)
def test_whether_others_find_a_listing_and_if_not_why(row, state):
    assert filling.state_of(row, SATURDAY) is state


@pytest.mark.parametrize(
    ("day", "every_week", "today", "then"),
    [
        (None, False, SATURDAY, None),
        (None, True, SATURDAY, None),
        (FRIDAY, False, SATURDAY, FRIDAY),
        (FRIDAY, True, FRIDAY, FRIDAY),
        (FRIDAY, True, SATURDAY, NEXT_FRIDAY),
        (FRIDAY, True, date(2026, 12, 3), date(2026, 12, 4)),
        (NEXT_FRIDAY, True, SATURDAY, NEXT_FRIDAY),
    ],
)
def test_what_is_weekly_is_for_the_next_such_day(day, every_week, today, then):
    assert filling.next_day(Row(wanted_on=day, every_week=every_week), today) == then


@pytest.mark.parametrize("day", [date(2026, 11, 16), SATURDAY, SUNDAY])
def test_a_week_goes_from_monday_to_sunday(day):
    assert filling.week_of(day) == (date(2026, 11, 16), SUNDAY)


@pytest.mark.parametrize(
    ("row", "last_day", "is_news"),
    [
        (Row(), None, True),
        (Row(wanted_on=FRIDAY), None, True),
        (Row(review_on=FRIDAY), None, True),
        (Row(helpers_found=1), SATURDAY, True),
        (Row(helpers_found=1), NEXT_FRIDAY, True),
        (Row(helpers_found=1), date(2026, 11, 14), True),
        (Row(helpers_found=1), date(2026, 11, 13), False),
        (Row(helpers_found=1), None, False),
        (Row(helpers_found=1, helpers_wanted=2, wanted_on=FRIDAY), FRIDAY, True),
        (Row(helpers_found=1, helpers_wanted=2, wanted_on=date(2026, 11, 6)), date(2026, 11, 6), False),
        (Row(life="paused"), None, False),
        (Row(life="closed", helpers_found=1), SATURDAY, False),
    ],
)
def test_for_how_long_who_asked_reads_of_it_on_home(row, last_day, is_news):
    assert filling.is_news(row, last_day, SATURDAY) is is_news


def test_nobody_asks_for_a_day_that_is_over_unless_it_comes_every_week():
    with pytest.raises(PastDayError):
        filling.check_asked(replace(SAID, wanted_on=FRIDAY), SATURDAY)
    for day in (None, SATURDAY, NEXT_FRIDAY):
        filling.check_asked(replace(SAID, wanted_on=day), SATURDAY)
    filling.check_asked(replace(SAID, wanted_on=FRIDAY, every_week=True), SATURDAY)


@pytest.mark.parametrize(("number", "is_right"), [(0, False), (1, True), (10, True), (11, False)])
def test_one_to_ten_helpers_are_asked_for(number, is_right):
    if is_right:
        filling.check_asked(replace(SAID, helpers_wanted=number), SATURDAY)
    else:
        with pytest.raises(HelpersWantedError) as caught:
            filling.check_asked(replace(SAID, helpers_wanted=number), SATURDAY)
        assert caught.value.values == {"most": 10}
