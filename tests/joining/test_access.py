"""Who may see an application: a table of the cast, on both databases."""

import pytest

from tests.people import NOW
from tests.visible import HIDDEN, VISIBLE, answer_of
from timebank.actors import Unattended
from timebank.joining import actions as joining
from timebank.joining.access import get_visible
from timebank.joining.actions import NewApplication
from timebank.joining.rules import Agreed

SAM = NewApplication("Sam Reid", phone="+441632960321", about="I mend lamps", is_adult=True, agreed=Agreed.ONLINE)
BROKERS = {"rosa", "mary", "clara"}


@pytest.mark.parametrize("who", ["ada", "rosa", "mary", "clara", "tom", "audrey", "perdita"])
def test_an_application_is_seen_by_brokers(session, village, who):
    code = joining.apply(session, village.angus, SAM, Unattended(village.angus.id, NOW), form_key="sam")
    expected = VISIBLE if who in BROKERS else HIDDEN
    assert answer_of(get_visible, session, getattr(village, who), code) == expected


def test_what_is_not_there_is_hidden_from_everybody(session, village):
    assert answer_of(get_visible, session, village.mary, "K7M3Q2XZ") == HIDDEN
