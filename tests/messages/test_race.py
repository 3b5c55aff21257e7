"""Messages written at the same moment: one conversation, and limits that hold."""

import pytest

from tests.people import NOW
from tests.tasks.test_race import at_once
from timebank.actors import Doing
from timebank.messages import actions
from timebank.messages.actions import write
from timebank.messages.errors import TooManyMessagesError
from timebank.messages.queries import find_talk, list_messages


@pytest.fixture
def wide_backend(backend, monkeypatch):
    """Threads wait their turn for a connection rather than fail."""
    monkeypatch.setattr(backend.engine.pool, "_timeout", 60)
    return backend


def _writing(by, to, key):
    def do(session):
        try:
            write(session, to, "Good morning", Doing(by, NOW, key))
        except TooManyMessagesError:
            session.rollback()
            return "too many"
        return "written"

    return do


def test_two_who_write_first_at_once_begin_one_conversation(wide_backend, village):
    ada, grace = village.ada, village.grace
    deeds = [_writing(*sides, f"form {number}") for number, sides in enumerate([(ada, grace), (grace, ada)] * 4)]
    assert at_once(wide_backend, deeds) == ["written"] * 8
    with wide_backend.session() as session:
        talk = find_talk(session, village.angus.id, ada.membership_id, grace.membership_id)
        assert len(list_messages(session, village.angus.id, talk.code).rows) == 8


def test_the_limit_holds_for_messages_at_once(wide_backend, village, monkeypatch):
    monkeypatch.setattr(actions, "MOST_AN_HOUR", 1)
    others = (village.grace, village.linus, village.rosa, village.mary)
    came = at_once(wide_backend, [_writing(village.ada, other, f"to {other.code}") for other in others])
    assert sorted(came) == ["too many"] * 3 + ["written"]
