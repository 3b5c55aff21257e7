"""E-mails that a mail server takes slowly: so many in a minute, and nobody waits for a code behind news."""

import pytest

from timebank.worker.pace import Pace


class Time:
    """Seconds that pass only while somebody sleeps or works."""

    def __init__(self):
        self.now, self.slept = 100.0, []

    def ticks(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


@pytest.mark.parametrize(
    ("a_minute", "takes", "slept"),
    [
        (0, 0, []),
        (60, 0, [1, 1, 1]),
        (30, 0, [2, 2, 2]),
        (60, 0.25, [0.75, 0.75, 0.75]),
        (60, 3, []),  # the server is slower than that by itself
    ],
)
def test_e_mails_are_so_far_apart(a_minute, takes, slept):
    time = Time()
    pace = Pace(a_minute, time.ticks, time.sleep)
    for _each in range(4):
        pace.wait()
        time.now += takes
    assert time.slept == pytest.approx(slept)


def test_a_pause_is_not_made_up_for_all_at_once():
    time = Time()
    pace = Pace(60, time.ticks, time.sleep)
    pace.wait()
    time.now += 3_600
    for _each in range(3):
        pace.wait()
    assert time.slept == pytest.approx([1, 1])


@pytest.mark.parametrize(("a_minute", "claimed"), [(0, 20), (600, 20), (60, 20), (30, 10), (6, 2), (1, 1)])
def test_of_what_goes_out_slowly_less_is_claimed(a_minute, claimed):
    assert Pace(a_minute).most(20) == claimed
