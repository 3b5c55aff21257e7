"""Who may see a task: a table of the cast, on both databases."""

import pytest

from tests.people import NOW
from tests.visible import HIDDEN, VISIBLE, answer_of
from timebank.references import Ref, Subject
from timebank.tasks import actions
from timebank.tasks.access import get_visible

BROKERS = {"rosa", "mary", "clara"}


@pytest.mark.parametrize("who", ["ada", "rosa", "mary", "clara", "tom", "audrey", "perdita"])
def test_a_task_is_seen_by_brokers(session, village, who):
    about = Ref(Subject.MEMBER, village.grace.code)
    code = actions.open_task(session, village.angus.id, kind="below_soft_limit", subject=about, note="", now=NOW)
    expected = VISIBLE if who in BROKERS else HIDDEN
    assert answer_of(get_visible, session, getattr(village, who), code) == expected


def test_what_is_not_there_is_hidden_from_everybody(session, village):
    assert answer_of(get_visible, session, village.mary, "K7M3Q2XZ") == HIDDEN
