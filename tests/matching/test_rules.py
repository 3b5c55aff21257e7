"""Reasons add up to the score, and each counts for what it says."""

import pytest
from hypothesis import given, strategies as st

from timebank.matching.rules import (
    Offered,
    Order,
    Reason,
    Wanted,
    may_go,
    score_lines,
    total,
)

WANTED = Wanted(frozenset({1, 2}), frozenset({10}), suits=0b110)


def value(reason, **offered):
    facts = {"likeness": 0.0, "kinds": frozenset(), "groups": frozenset()} | offered
    return next((line.value for line in score_lines(WANTED, Offered(**facts)) if line.reason == reason), 0)


@pytest.mark.parametrize(
    ("reason", "offered", "counts"),
    [
        (Reason.WORDS, {"likeness": 0.7}, 0.7),
        (Reason.WORDS, {"likeness": -0.2}, 0),
        (Reason.WORDS, {"likeness": 1.2}, 1),
        (Reason.KIND, {"kinds": frozenset({1, 2})}, 0.5),
        (Reason.KIND, {"kinds": frozenset({1, 3})}, 0.5 / 3),
        (Reason.KIND, {"kinds": frozenset({3})}, 0),
        (Reason.GROUP, {"groups": frozenset({10, 11})}, 0.1),
        (Reason.GROUP, {"groups": frozenset({10}), "kinds": frozenset({1})}, 0),
        (Reason.GROUP, {"groups": frozenset({11})}, 0),
        (Reason.NEAR, {"travel_minutes": 0}, 0.15),
        (Reason.NEAR, {"travel_minutes": 30}, 0.15 / 2),
        (Reason.NEAR, {"travel_minutes": 60}, 0),
        (Reason.NEAR, {"travel_minutes": 500}, 0),
        (Reason.NEAR, {"travel_minutes": None}, 0),
        (Reason.FREE, {"free_parts": 0b100}, 0.05),
        (Reason.FREE, {"free_parts": 0b1000}, 0),
        (Reason.FREE, {"free_parts": 0}, 0),
        (Reason.BELOW_ZERO, {"balance": -300}, 0.1 / 2),
        (Reason.BELOW_ZERO, {"balance": -6000}, 0.1),
        (Reason.BELOW_ZERO, {"balance": 300}, 0),
        (Reason.ASKED, {"asks": 3}, -0.15),
        (Reason.ASKED, {"asks": 0}, 0),
    ],
)
def test_a_line_counts_for_what_it_says(reason, offered, counts):
    assert value(reason, **offered) == pytest.approx(counts)


offers = st.builds(
    Offered,
    likeness=st.floats(-1, 1.5),
    kinds=st.frozensets(st.integers(1, 4), max_size=3),
    groups=st.frozensets(st.integers(10, 12), max_size=2),
    travel_minutes=st.none() | st.integers(0, 600),
    free_parts=st.integers(0, 15),
    balance=st.integers(-3000, 3000),
    asks=st.integers(0, 9),
)


@given(offers)
def test_the_lines_add_up_to_the_score_and_only_asks_take_off(offered):
    lines = score_lines(WANTED, offered)
    assert total(lines) == pytest.approx(sum(line.value for line in lines))
    assert all((line.value < 0) is (line.reason is Reason.ASKED) for line in lines)
    assert len({line.reason for line in lines}) == len(lines)
    asked = 0.05 * offered.asks
    assert total(lines, Order.WORDS) + total(lines, Order.NEAR) <= total(lines) + asked + 1e-9


@given(offers, st.integers(1, 600))
def test_whoever_is_below_zero_is_no_later_than_an_equal_above(offered, minutes):
    facts = {name: getattr(offered, name) for name in ("likeness", "kinds", "groups", "travel_minutes", "free_parts")}
    below, above = Offered(**facts, balance=-minutes), Offered(**facts, balance=minutes)
    assert total(score_lines(WANTED, below)) > total(score_lines(WANTED, above))


@pytest.mark.parametrize(
    ("travel", "farthest", "goes"),
    [
        (0, 0, True),
        (10, 0, False),
        (None, 0, False),
        (None, None, True),
        (30, 30, True),
        (31, 30, False),
        (90, None, True),
    ],
)
def test_nobody_goes_farther_than_they_said(travel, farthest, goes):
    assert may_go(travel, farthest) is goes
