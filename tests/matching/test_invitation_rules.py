"""Until when an invitation can be answered, who rests, and for which day it is."""

from dataclasses import dataclass
from datetime import date, time, timedelta

import pytest

from timebank.matching.errors import MatchingSettingError
from timebank.matching.invitation_rules import (
    answer_by,
    fewer,
    is_still_asked,
    parts_of,
)
from timebank.matching.settings import MORE_THAN_NONE, MOST, MatchingSettings, check_settings
from timebank.members.rules import INVITATIONS
from timebank.week import AFTERNOON, EVENING, MORNING, part, whole_day

#: A Friday.
FRIDAY = date(2026, 11, 27)


def test_an_invitation_is_answered_by_the_day_it_is_for():
    today = FRIDAY - timedelta(days=2)
    assert answer_by(today, 3, None) == today + timedelta(days=3)
    assert answer_by(today, 3, FRIDAY) == FRIDAY
    assert answer_by(today, 1, FRIDAY) == today + timedelta(days=1)


def test_asked_less_means_the_next_lower_number_and_never_below_none():
    assert [fewer(most) for most in INVITATIONS] == [0, 0, 1, 2, 3]


@pytest.mark.parametrize(
    ("at", "bits"),
    [
        (None, whole_day(4)),
        (time(11, 59), part(4, MORNING)),
        (time(12), part(4, AFTERNOON)),
        (time(16, 59), part(4, AFTERNOON)),
        (time(17), part(4, EVENING)),
    ],
)
def test_a_time_of_day_is_a_part_of_the_week(at, bits):
    assert parts_of(FRIDAY, at) == bits


@dataclass
class Wanted:
    wanted_on: date | None = FRIDAY
    wanted_time: time | None = None
    every_week: bool = False
    title: str = "Weeding"


WEEK = timedelta(days=7)


@pytest.mark.parametrize(
    ("listing", "day", "at", "is_so"),
    [
        (Wanted(), FRIDAY, None, True),
        (Wanted(), FRIDAY + WEEK, None, False),
        (Wanted(every_week=True), FRIDAY + WEEK, None, True),
        (Wanted(every_week=True), FRIDAY - WEEK, None, False),
        (Wanted(every_week=True), FRIDAY + timedelta(days=1), None, False),
        (Wanted(None), FRIDAY, time(10), True),
        (Wanted(), None, None, False),
        (Wanted(None), None, None, True),
        (Wanted(wanted_time=time(10)), FRIDAY, time(10), True),
        (Wanted(wanted_time=time(10)), FRIDAY, time(11), False),
        (Wanted(wanted_time=time(10)), FRIDAY, None, False),
        (Wanted(title="Clear the attic"), FRIDAY, None, False),
    ],
)
def test_an_invitation_is_for_a_day_of_its_request(listing, day, at, is_so):
    assert is_still_asked(listing, "Weeding", day, at) is is_so


@pytest.mark.parametrize("name", MOST)
def test_a_setting_has_a_range(name):
    least = 1 if name in MORE_THAN_NONE else 0
    for fits in (least, MOST[name]):
        check_settings(MatchingSettings(**{name: fits}))
    for wrong in (least - 1, MOST[name] + 1):
        with pytest.raises(MatchingSettingError):
            check_settings(MatchingSettings(**{name: wrong}))
