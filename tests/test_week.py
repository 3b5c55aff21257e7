"""The bits of a week."""

import pytest

from timebank import week
from timebank.week import AFTERNOON, ANY_TIME, EVENING, MORNING, WEEKDAY_MORNINGS, WEEKEND, is_free, part


def test_a_part_of_the_week_has_its_own_bit():
    assert [part(6, of_day) for of_day in range(3)] == [1 << 18, 1 << 19, 1 << 20]
    assert week.whole_day(6) == part(6, MORNING) | part(6, AFTERNOON) | part(6, EVENING)


def test_the_bits_of_a_week_lie_beside_each_other():
    assert [week.whole_day(day) for day in (0, 1, 6)] == [0b111, 0b111_000, 0b111 << 18]
    assert week.WEEKDAYS | week.WEEKEND == week.WHOLE_WEEK == 2**21 - 1
    assert week.WEEKDAYS & week.WEEKEND == 0
    assert week.MORNINGS | week.AFTERNOONS | week.EVENINGS == week.WHOLE_WEEK
    assert week.MORNINGS & week.EVENINGS == 0


@pytest.mark.parametrize(
    ("bits", "day", "of_day", "free"),
    [
        (ANY_TIME, 0, MORNING, True),
        (ANY_TIME, 6, EVENING, True),
        (WEEKDAY_MORNINGS, 0, MORNING, True),
        (WEEKDAY_MORNINGS, 4, MORNING, True),
        (WEEKDAY_MORNINGS, 4, AFTERNOON, False),
        (WEEKDAY_MORNINGS, 5, MORNING, False),
        (WEEKEND, 5, MORNING, True),
        (WEEKEND, 6, EVENING, True),
        (WEEKEND, 0, EVENING, False),
    ],
)
def test_who_is_free_when(bits, day, of_day, free):
    assert is_free(bits, day, of_day) is free
