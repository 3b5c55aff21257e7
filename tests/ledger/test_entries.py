"""Validation of entries and lines, and reversal lines."""

import pytest

from timebank.ledger.entries import Entry, EntryKind, Line, reversal_lines
from timebank.ledger.errors import NoLinesError, NotAMirrorError, NotMinutesError, SameAccountError


def entry(*lines, reverses=None, key="k"):
    return Entry(1, key, EntryKind.EXCHANGE, tuple(lines), reverses)


@pytest.mark.parametrize("minutes", [0, -1, 1.5, True, "60", None])
def test_a_lines_minutes_are_whole_and_positive(minutes):
    with pytest.raises(NotMinutesError):
        Line(1, 2, minutes)


def test_a_line_moves_between_two_accounts():
    with pytest.raises(SameAccountError):
        Line(1, 1, 60)


def test_an_entry_without_lines_is_refused():
    with pytest.raises(NoLinesError):
        entry()


def test_reversal_lines_are_in_descending_order():
    meal = entry(Line(1, 9, 60), Line(2, 9, 60), Line(3, 9, 30))
    assert reversal_lines(meal) == (Line(9, 3, 30, 3), Line(9, 2, 60, 2), Line(9, 1, 60, 1))


def test_one_line_can_be_reversed_alone():
    meal = entry(Line(1, 9, 60), Line(2, 9, 60), Line(3, 9, 30))
    assert reversal_lines(meal, [2]) == (Line(9, 2, 60, 2),)


@pytest.mark.parametrize("numbers", [[0], [4], [-1], [1, 9]])
def test_only_existing_lines_can_be_reversed(numbers):
    with pytest.raises(NotAMirrorError):
        reversal_lines(entry(Line(1, 9, 60), Line(2, 9, 60), Line(3, 9, 30)), numbers)


def test_a_reversal_is_not_reversed_itself():
    with pytest.raises(NotAMirrorError):
        reversal_lines(entry(Line(2, 1, 60, 1), reverses=7))


@pytest.mark.parametrize(
    ("lines", "reverses"),
    [
        ((Line(1, 2, 60, 1),), None),
        ((Line(1, 2, 60),), 7),
        ((Line(1, 2, 60, 1), Line(1, 2, 60, 2)), 7),
        ((Line(1, 2, 60, 2), Line(1, 2, 60, 2)), 7),
    ],
)
def test_only_a_reversal_mirrors_lines_each_once_in_descending_order(lines, reverses):
    with pytest.raises(NotAMirrorError):
        entry(*lines, reverses=reverses)
