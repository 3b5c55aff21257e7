"""What is due for recorded help that nobody answers, as a table of days since it was recorded."""

from datetime import timedelta

import pytest

from tests.people import NOW
from timebank.exchanges.waiting import Due, silence_counts_at, what_is_due


@pytest.mark.parametrize(
    ("waited", "rule_since", "reminders", "due"),
    [
        # Without the rule, brokers look at it after a fortnight.
        (13, None, (5, 10), Due.NOTHING),
        (14, None, (5, 10), Due.TASK),
        (14, None, (), Due.TASK),
        # With it, silence counts four days after the second reminder reached them.
        (13, -1, (5, 10), Due.NOTHING),
        (14, -1, (5, 10), Due.CONFIRMATION),
        (14, -1, (5, 11), Due.NOTHING),
        (15, -1, (5, 11), Due.CONFIRMATION),
        (20, -1, (17, 17), Due.NOTHING),
        (21, -1, (17, 17), Due.CONFIRMATION),
        # Both reminders on the same day, first or last, count as two.
        (15, -1, (11, 10), Due.CONFIRMATION),
        # Who could not be reached twice is not silent.
        (14, -1, (), Due.NOTHING),
        (14, -1, (5,), Due.NOTHING),
        (21, -1, (5,), Due.NOTHING),
        (22, -1, (5,), Due.TASK),
        # A worker that stood still for long leaves it to people.
        (22, -1, (5, 10), Due.TASK),
        (40, -1, (5, 10), Due.TASK),
        # Nobody who was asked before the rule began was told what silence would mean.
        (14, 0, (5, 10), Due.CONFIRMATION),
        (14, 1, (5, 10), Due.TASK),
        (16, 9, (5, 10), Due.TASK),
    ],
)
def test_what_is_due_after_so_many_days(waited, rule_since, reminders, due):
    days = [NOW + timedelta(days=day) for day in reminders]
    since = None if rule_since is None else NOW + timedelta(days=rule_since)
    assert what_is_due(NOW, NOW + timedelta(days=waited), rule_since=since, reminders=days) is due


def test_an_hour_before_the_fortnight_is_over_nothing_happens():
    reached = [NOW + timedelta(days=5), NOW + timedelta(days=9)]
    almost = NOW + timedelta(days=14) - timedelta(hours=1)
    assert what_is_due(NOW, almost, rule_since=NOW, reminders=reached) is Due.NOTHING


@pytest.mark.parametrize(
    ("waited", "rule_since", "reminders", "day"),
    [
        # After a fortnight, where both reminders go out in time.
        (0, -1, (), 14),
        (5, -1, (), 14),
        (10, -1, (5,), 14),
        (12, -1, (5, 10), 14),
        # A reminder that goes out late leaves four days to answer.
        (12, -1, (5,), 16),
        (12, -1, (5, 11), 15),
        (15, -1, (12,), 19),
        # Nobody reads of a day that is over, or on which brokers have it.
        (14, -1, (5, 10), None),
        (18, -1, (12,), None),
        (23, -1, (5, 10), None),
        # Without the rule, or where it began later.
        (0, None, (), None),
        (2, 1, (), None),
    ],
)
def test_from_which_day_silence_counts(waited, rule_since, reminders, day):
    days = [NOW + timedelta(days=reminder) for reminder in reminders]
    since = None if rule_since is None else NOW + timedelta(days=rule_since)
    expected = None if day is None else NOW + timedelta(days=day)
    now = NOW + timedelta(days=waited)
    assert silence_counts_at(NOW, now, rule_since=since, reminders=days) == expected
