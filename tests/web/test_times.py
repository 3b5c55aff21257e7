"""A time of day as people type it is understood or asked for again, and never guessed."""

from datetime import time

import pytest

from timebank.web.times import TimeNotUnderstoodError, TimeUnclearError, read_time, time_as_typed


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("10:30", time(10, 30)), ("10.30", time(10, 30)), ("10h30", time(10, 30)), (" 14:05 ", time(14, 5)),
        ("10", time(10)), ("14 h", time(14)), ("11 o'clock", time(11)), ("07", time(7)), ("02:15", time(2, 15)),
        ("2 pm", time(14)), ("2pm", time(14)), ("2:15 p.m.", time(14, 15)), ("2 AM", time(2)), ("12 pm", time(12)),
        ("12 am", time(0)), ("0:30", time(0, 30)), ("23:59", time(23, 59)),
    ],
)  # fmt: skip
def test_a_time_of_day_is_understood(typed, at):
    assert read_time(typed) == at


@pytest.mark.parametrize("typed", ["2", "6:30", "2 h", "5 o'clock"])
def test_an_hour_that_may_be_in_the_afternoon_is_asked_for(typed):
    with pytest.raises(TimeUnclearError) as caught:
        read_time(typed)
    assert caught.value.values["later"] - caught.value.values["hour"] == 12


@pytest.mark.parametrize("typed", ["", "noon", "25", "24:00", "10:60", "13 pm", "0 am", "10:3", "-1", "1e3"])
def test_anything_else_is_not_understood(typed):
    with pytest.raises(TimeNotUnderstoodError):
        read_time(typed)


@pytest.mark.parametrize("at", [time(0), time(2, 15), time(9), time(14, 30), time(23, 59)])
def test_a_time_in_a_field_is_read_back(at):
    assert read_time(time_as_typed(at)) == at
