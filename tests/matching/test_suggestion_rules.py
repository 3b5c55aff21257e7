"""Who is nudged, and which suggestions stand beside a nudge."""

import pytest
from hypothesis import given, strategies as st

from timebank.matching.suggestion_rules import (
    MOST_SUGGESTIONS,
    OFTEN,
    OneWay,
    choose,
    may_be_about,
    one_way,
)

GIVES, RECEIVES = OneWay.ONLY_GIVES, OneWay.ONLY_RECEIVES


@pytest.mark.parametrize(
    ("given_times", "received", "way"),
    [
        (0, 0, None),
        (OFTEN - 1, 0, None),
        (OFTEN, 0, GIVES),
        (OFTEN, 1, None),
        (50, 50, None),
        (0, OFTEN - 1, None),
        (0, OFTEN, RECEIVES),
        (1, OFTEN, None),
    ],
)
def test_who_often_does_one_and_never_the_other_is_nudged(given_times, received, way):
    assert one_way(given_times, received) is way


@pytest.mark.parametrize(
    ("nudged", "helps", "asks", "lines"),
    [
        (None, "", "", ""),
        (None, "abc", "", "abc"),
        (None, "abc", "xyz", "abx"),
        (None, "a", "xyz", "axy"),
        (None, "", "xyz", "xyz"),
        (GIVES, "abc", "xyz", "xy"),
        (GIVES, "abc", "x", "xa"),
        (GIVES, "abc", "", "ab"),
        (RECEIVES, "abc", "xyz", "ab"),
        (RECEIVES, "", "xyz", ""),
    ],
)
def test_one_line_is_left_for_asking_and_a_nudge_takes_one(nudged, helps, asks, lines):
    assert "".join(choose(nudged, list(helps), list(asks))) == lines


@given(st.sampled_from([None, *OneWay]), st.lists(st.integers(), unique=True), st.lists(st.text(), unique=True))
def test_there_are_never_more_than_three_and_none_twice(nudged, helps, asks):
    lines = choose(nudged, helps, asks)
    assert len(lines) + (nudged is not None) <= MOST_SUGGESTIONS
    assert len(set(lines)) == len(lines)
    assert set(lines) <= {*helps, *asks}


@pytest.mark.parametrize(
    ("about", "may_be"),
    [("K7M3Q2XZ", True), ("errands/shopping", True), ("", False), ("x" * 61, False), ("a\x00b", False), ("a\n", False)],
)
def test_what_cannot_be_a_code_a_key_or_a_word_is_none(about, may_be):
    assert may_be_about(about) is may_be
