"""Somebody leaves while another begins something with them: whoever is second is told, whichever that is."""

import pytest

from tests.people import NOW, terms
from tests.races import one_inside_the_other
from timebank.actors import Doing, Standing
from timebank.exchanges import actions
from timebank.exchanges.errors import SideNotActiveError, UnfinishedError
from timebank.leaving.actions import refuse_unfinished
from timebank.members.standing import change_standing


def leaving(session, village):
    change_standing(session, village.grace, Standing.LEFT, Doing(village.rosa, NOW, "leave"), reason="Moves")
    refuse_unfinished(session, village.grace)


def proposing(session, village):
    actions.propose(session, village.angus, terms(village.ada, village.grace), Doing(village.ada, NOW, "ask"))


def offering(session, village):
    actions.propose(session, village.angus, terms(village.ada, village.grace), Doing(village.grace, NOW, "ask"))


@pytest.mark.parametrize("ask", [proposing, offering])
def test_nothing_is_begun_with_somebody_who_leaves_meanwhile(backend, village, ask):
    assert one_inside_the_other(backend, village, leaving, ask) is SideNotActiveError


@pytest.mark.parametrize("ask", [proposing, offering])
def test_nobody_leaves_while_something_is_begun_with_them(backend, village, ask):
    assert one_inside_the_other(backend, village, ask, leaving) is UnfinishedError
