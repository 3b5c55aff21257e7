"""Choosing how to be notified, on both databases."""

import pytest

from tests.people import NOW
from timebank.actors import Doing
from timebank.notices.actions import NoSuchChoiceError, choose
from timebank.notices.kinds import Topic
from timebank.notices.queries import find_choice
from timebank.notices.rules import CHOICES, USUAL, Choice, Often, Way


@pytest.mark.parametrize("topic", Topic)
def test_everything_that_is_offered_can_be_chosen(session, village, topic):
    for number, choice in enumerate(CHOICES[topic]):
        choose(session, USUAL | {topic: choice}, Doing(village.ada, NOW, f"form {number}"))
        assert find_choice(session, village.angus.id, village.ada.membership_id, topic) == choice


def test_nothing_else_can(session, village):
    with pytest.raises(NoSuchChoiceError):
        choose(session, {Topic.ROUND_THE_BANK: Choice(Way.PHONE, Often.DAILY)}, Doing(village.ada, NOW, "form"))
