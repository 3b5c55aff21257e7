"""On whom a keeper depends. Pure."""

from datetime import UTC, date, datetime, timedelta

import pytest

from timebank.actors import Role
from timebank.members.rules import Background, Grant, depends_on

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
