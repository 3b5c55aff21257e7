"""What time brings to recorded help that nobody answers, as a table of days since it was recorded."""

from datetime import timedelta

import pytest

from tests.people import NOW
from timebank.exchanges.waiting import Brought, brought_by_time


@pytest.mark.parametrize(
    ("waited", "rule_since", "reminders", "brought"),
    [
        # Without the rule, brokers look at it after a fortnight.
        (13, None, (5, 10), Brought.NOTHING),
        (14, None, (5, 10), Brought.TASK),
        (14, None, (), Brought.TASK),
        # With it, silence counts four days after the second reminder reached them.
        (13, -1, (5, 10), Brought.NOTHING),
        (14, -1, (5, 10), Brought.CONFIRMED),
        (14, -1, (5, 11), Brought.NOTHING),
        (15, -1, (5, 11), Brought.CONFIRMED),
        (20, -1, (17, 17), Brought.NOTHING),
        (21, -1, (17, 17), Brought.CONFIRMED),
        # Both reminders on the same day, first or last, count as two.
        (15, -1, (11, 10), Brought.CONFIRMED),
        # Who could not be reached twice is not silent.
        (14, -1, (), Brought.NOTHING),
        (14, -1, (5,), Brought.NOTHING),
        (21, -1, (5,), Brought.NOTHING),
        (22, -1, (5,), Brought.TASK),
        # A worker that stood still for long leaves it to people.
        (22, -1, (5, 10), Brought.TASK),
        (40, -1, (5, 10), Brought.TASK),
        # Nobody who was asked before the rule began was told what silence would mean.
        (14, 0, (5, 10), Brought.CONFIRMED),
        (14, 1, (5, 10), Brought.TASK),
        (16, 9, (5, 10), Brought.TASK),
    ],
)
def test_what_time_brings(waited, rule_since, reminders, brought):
    days = [NOW + timedelta(days=day) for day in reminders]
    since = None if rule_since is None else NOW + timedelta(days=rule_since)
    assert brought_by_time(NOW, NOW + timedelta(days=waited), rule_since=since, reminders=days) is brought


def test_an_hour_before_the_fortnight_is_over_nothing_happens():
    reached = [NOW + timedelta(days=5), NOW + timedelta(days=9)]
    almost = NOW + timedelta(days=14) - timedelta(hours=1)
    assert brought_by_time(NOW, almost, rule_since=NOW, reminders=reached) is Brought.NOTHING
