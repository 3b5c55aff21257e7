"""Parsing of typed hours, as a table of texts and minutes."""

import pytest
from hypothesis import given, strategies as st

from timebank.ledger.hours import (
    HoursNotUnderstoodError,
    HoursUnclearError,
    NoTimeError,
    TooLongError,
    read_hours,
    read_limit,
    round_half_up,
    round_up_to_step,
    split,
)

MEANS = {
    "1 h 30": 90,
    "1 h 30 min": 90,
    "1h30": 90,
    "1 hour 30 minutes": 90,
    "1 hour and 30 minutes": 90,
    "1:30": 90,
    "0:45": 45,
    "1.5 h": 90,
    "1,5 h": 90,
    "1.25 hours": 75,
    "½ h": 30,
    "1½ hours": 90,
    "1 ½ h": 90,
    "2¼ h": 135,
    "90 min": 90,
    "90 minutes": 90,
    "90m": 90,
    "1 minute": 1,
    "20 mins.": 20,
    "2 hrs": 120,
    " 2  Hours ": 120,
    "1": 60,
    "8": 480,
    "15": 15,
    "45": 45,
    "480": 480,
    "24 h": 1440,
    "24:00": 1440,
    "0.33 h": 20,
    "half an hour": 30,
    "Half  an hour": 30,
    "a quarter of an hour": 15,
    "quarter of an hour": 15,
    "three quarters of an hour": 45,
    "an hour": 60,
    "one hour": 60,
    "an hour and a half": 90,
    "1 hour and a half": 90,
    "one and a half hours": 90,
    "2 and a half hours": 150,
    "two hours": 120,
    "two hours and a quarter": 135,
    "two hours and 20 minutes": 140,
    "ten minutes": 10,
    "a minute": 1,
}


@pytest.mark.parametrize(("typed", "minutes"), MEANS.items())
def test_typed_hours_are_parsed(typed, minutes):
    assert read_hours(typed) == minutes


@pytest.mark.parametrize("typed", ["9", "12", "14", "16", "50", "485", "495", "1.5", "2,5", "600"])
def test_an_ambiguous_number_is_unclear(typed):
    with pytest.raises(HoursUnclearError) as asked:
        read_hours(typed)
    assert asked.value.values == {"number": typed}


@pytest.mark.parametrize("typed", ["0", "0 h", "0 min", "0:00", "-1", "-1 h", "\u22121 h", "0.001 h", "- 30 min"])
def test_zero_or_less_is_refused(typed):
    with pytest.raises(NoTimeError):
        read_hours(typed)


@pytest.mark.parametrize("typed", ["24 h 15", "25 h", "24:01", "1441 min", "99:00", "9999 h"])
def test_more_than_a_day_is_refused(typed):
    with pytest.raises(TooLongError):
        read_hours(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "a while",
        "h",
        "1:75",
        "1 h 60",
        "1 h 75",
        "1.5 h 30",
        "1h30h",
        "1e3",
        "½",
        "3600 s",
        "5400 seconds",
        "1:30:00",
    ],
)
def test_other_text_is_not_understood(typed):
    with pytest.raises((HoursNotUnderstoodError, HoursUnclearError)):
        read_hours(typed)


@given(st.text(max_size=30))
def test_any_text_is_parsed_or_refused_with_a_named_error(typed):
    try:
        minutes = read_hours(typed)
    except (HoursNotUnderstoodError, HoursUnclearError, NoTimeError, TooLongError):
        return
    assert 1 <= minutes <= 1440


@given(st.integers(1, 1440))
def test_a_length_in_words_is_parsed_back_to_itself(minutes):
    hours, rest = split(minutes)
    assert read_hours(f"{hours} h {rest} min" if hours else f"{rest} min") == minutes
    assert read_hours(f"{hours}:{rest:02}") == minutes


@given(st.integers(1, 1440), st.sampled_from([1, 5, 15, 30]))
def test_rounding_goes_up_to_the_next_step(minutes, step):
    rounded = round_up_to_step(minutes, step=step)
    assert rounded % step == 0
    assert 0 <= rounded - minutes < step


def test_a_half_is_rounded_up():
    from fractions import Fraction

    assert [round_half_up(Fraction(number, 2)) for number in (1, 3, 4, 5)] == [1, 2, 2, 3]
    assert round_half_up(Fraction(199, 3)) == 66
    assert [round_half_up(Fraction(number, 10)) for number in (-5, -6, -15)] == [0, -1, -1]


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [("20 hours", 1200), ("500 h", 30_000), ("1 h 30", 90), ("45 min", 45), ("1:30", 90), ("2.5 hours", 150)],
)
def test_a_limit_may_exceed_a_day(typed, minutes):
    assert read_limit(typed) == minutes


@pytest.mark.parametrize(
    ("typed", "refused"),
    [
        ("30", HoursUnclearError),
        ("2", HoursUnclearError),
        ("1.5", HoursUnclearError),
        ("0 h", NoTimeError),
        ("-20 hours", HoursNotUnderstoodError),
        ("", HoursNotUnderstoodError),
        ("a lot", HoursNotUnderstoodError),
    ],
)
def test_a_limit_without_a_unit_is_refused(typed, refused):
    with pytest.raises(refused) as error:
        read_limit(typed)
    assert error.value.values == ({"number": typed} if refused is HoursUnclearError else {})
