"""The parts of a week as bits of a number: three of each day, Monday morning first. Pure.

Where people say when something suits them, no bit at all means at any time.
"""

DAYS_A_WEEK = 7
PARTS_A_DAY = 3
PARTS_A_WEEK = DAYS_A_WEEK * PARTS_A_DAY
MORNING, AFTERNOON, EVENING = range(PARTS_A_DAY)
ANY_TIME = 0
#: Every bit of a week, the highest number that is stored.
WHOLE_WEEK = (1 << PARTS_A_WEEK) - 1


def part(day: int, of_day: int) -> int:
    """Return the bit of one part of one day; Monday is 0, and so is the morning."""
    return 1 << (PARTS_A_DAY * day + of_day)


def whole_day(day: int) -> int:
    """Return the bits of a day's three parts; Monday is 0."""
    return 0b111 << (PARTS_A_DAY * day)


def is_free(bits: int, day: int, of_day: int) -> bool:
    """Return whether somebody is free in one part of a day, such as (bits, 0, MORNING); without any bit always."""
    return bits == ANY_TIME or bool(bits & part(day, of_day))


WEEKDAYS = sum(whole_day(day) for day in range(5))
WEEKEND = whole_day(5) | whole_day(6)
MORNINGS, AFTERNOONS, EVENINGS = (
    sum(part(day, of_day) for day in range(DAYS_A_WEEK)) for of_day in (MORNING, AFTERNOON, EVENING)
)
WEEKDAY_MORNINGS = WEEKDAYS & MORNINGS
