"""On whom a keeper depends, and what fits in the window of an envelope. Pure."""

from datetime import UTC, date, datetime, timedelta

import pytest

from timebank.actors import Role
from timebank.members.errors import AddressTooLongError
from timebank.members.rules import Background, Grant, depends_on, tidy_address

SINCE = datetime(2026, 8, 23, tzinfo=UTC)
LATELY, LONG_AGO = SINCE + timedelta(days=9), SINCE - timedelta(days=9)
MARY, CLARA, ROSA = 1, 2, 3


def background(*grants, admitted_by=MARY, joined_on=LATELY, makers=()):
    made = [Grant(role, by, LATELY) for role, by in grants]
    return Background(admitted_by, joined_on.date(), made, set(makers))


@pytest.mark.parametrize(
    ("of", "depended_on"),
    [
        (background(), {MARY}),
        (background(joined_on=LONG_AGO), set()),
        (background(admitted_by=None), set()),
        (background((Role.MEMBER, CLARA), admitted_by=None), set()),
        (background((Role.TRUSTEE, CLARA)), {MARY, CLARA}),
        (background(makers=[ROSA], joined_on=LONG_AGO), {ROSA}),
        (background((Role.TRUSTEE, None), (Role.BROKER, CLARA), makers=[ROSA]), set()),
        (background((Role.COORDINATOR, None)), set()),
        (background((Role.BROKER, None), makers=[ROSA]), set()),
        (background((Role.BROKER, None), (Role.TRUSTEE, CLARA)), {CLARA}),
        (background((Role.AUDITOR, None)), {MARY}),
        (background((Role.MEMBER, None)), {MARY}),
    ],
)
def test_on_whom_somebody_depends(of, depended_on):
    assert depends_on(of, SINCE) == depended_on


def test_a_role_of_long_ago_makes_nobody_depend():
    given = [Grant(Role.TRUSTEE, CLARA, LONG_AGO)]
    assert depends_on(Background(None, date(2020, 1, 1), given), SINCE) == frozenset()


@pytest.mark.parametrize(
    ("typed", "lines"),
    [
        ("", ""),
        (" \n\t\n", ""),
        ("2 Mill Lane\r\n\r\n  Glen   Isla \nPH11 8QS", "2 Mill Lane\nGlen Isla\nPH11 8QS"),
        ("2 Mill\u202e Lane\u2028Glen Isla", "2 Mill Lane\nGlen Isla"),
        ("\n".join("12345"), "1\n2\n3\n4\n5"),
        ("w" * 35, "w" * 35),
    ],
)
def test_a_postal_address_is_lines_that_fit_in_a_window(typed, lines):
    assert tidy_address(typed) == lines


@pytest.mark.parametrize("typed", ["\n".join("123456"), "w" * 36, "a\n" + "w" * 10_000])
def test_an_address_that_fits_in_no_window_is_refused(typed):
    with pytest.raises(AddressTooLongError):
        tidy_address(typed)
