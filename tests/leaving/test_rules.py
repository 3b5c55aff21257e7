"""Who may write down a leaving, to whom hours go, and what moves: tables."""

from dataclasses import replace

import pytest

from timebank.actors import Actor, Hand, How, Role, Standing
from timebank.exchanges.errors import SamePersonError, SideNotActiveError
from timebank.leaving.errors import OwnHandError
from timebank.leaving.rules import Departure, check, is_settled, line_to_zero, may_write_down
from timebank.ledger.entries import Line
from timebank.members.errors import WordsMissingError

LEAVER, OTHER = 7, 9


def actor(number, *roles, standing=Standing.ACTIVE, bank=1, hand=None):
    names = (bank, number, number, number, f"Person {number}", f"CODE{number}", number)
    return Actor(*names, roles=frozenset(roles or {Role.MEMBER}), standing=standing, hand=hand)


GRACE, ADA, ROSA = actor(1), actor(2), actor(3, Role.MEMBER, Role.BROKER)


@pytest.mark.parametrize(
    ("balance", "line"),
    [
        (90, Line(LEAVER, OTHER, 90)),
        (1, Line(LEAVER, OTHER, 1)),
        (0, None),
        (-1, Line(OTHER, LEAVER, 1)),
        (-90, Line(OTHER, LEAVER, 90)),
    ],
)
def test_one_line_brings_an_account_to_zero_and_none_does_at_zero(balance, line):
    assert line_to_zero(balance, LEAVER, OTHER) == line


@pytest.mark.parametrize(
    ("standing", "is_closed", "settled"),
    [
        (Standing.LEFT, True, True),
        (Standing.LEFT, False, False),
        (Standing.ACTIVE, False, False),
        (Standing.SUSPENDED, False, False),
    ],
)
def test_nothing_is_left_to_do_for_who_left_with_a_closed_account(standing, is_closed, settled):
    assert is_settled(standing, is_closed=is_closed) is settled


@pytest.mark.parametrize(
    ("by", "member", "may"),
    [
        (ROSA, GRACE, True),
        (ROSA, ROSA, False),
        (GRACE, ADA, False),
        (ROSA, actor(4, Role.AUDITOR), False),
        (actor(5, Role.COORDINATOR), actor(4, Role.AUDITOR), True),
        (actor(5, Role.COORDINATOR), actor(5, Role.COORDINATOR), False),
        (actor(6, Role.TRUSTEE), GRACE, False),
        (actor(3, Role.BROKER, bank=2), GRACE, False),
        (actor(3, Role.BROKER, standing=Standing.SUSPENDED), GRACE, False),
        (replace(ADA, hand=Hand(3, 3, "Rosa", "CODE3", How.PHONE)), GRACE, False),
    ],
)
def test_a_broker_writes_it_down_for_others_and_a_coordinator_for_who_has_a_role(by, member, may):
    assert may_write_down(by, member) is may


@pytest.mark.parametrize(
    ("going", "error"),
    [
        (Departure(60, " "), WordsMissingError),
        (Departure(0, ""), WordsMissingError),
        (Departure(60, "Moves", GRACE), SamePersonError),
        (Departure(60, "Moves", ROSA), OwnHandError),
        (Departure(60, "Moves", actor(4, bank=2)), SideNotActiveError),
        (Departure(60, "Moves", actor(4, standing=Standing.LEFT)), SideNotActiveError),
        (Departure(60, "Moves", actor(4, standing=Standing.SUSPENDED)), SideNotActiveError),
        (Departure(60, "Moves", actor(4, Role.AUDITOR)), SideNotActiveError),
    ],
)
def test_each_impossible_departure_raises_its_error(going, error):
    with pytest.raises(error):
        check(going, GRACE, ROSA)


@pytest.mark.parametrize(
    "going",
    [
        Departure(60, "Moves"),
        Departure(60, "Moves", ADA),
        Departure(0, "Moves"),
        Departure(-60, "Moves"),
        Departure(-60, "Moves", ROSA),
    ],
)
def test_hours_go_to_the_pot_or_a_member_and_below_zero_to_nobody(going):
    check(going, GRACE, ROSA)
