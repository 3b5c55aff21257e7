"""A fortnight of silence, as the worker brings it: reminders that say what silence means, and then the hours move."""

from datetime import timedelta

import pytest

from tests.people import balance_of, make_recorded
from tests.worker.conftest import MORNING
from timebank.actors import Doing
from timebank.cli.sweeping import remind_all
from timebank.exchanges.queries import find_exchange
from timebank.exchanges.time_rule import begin_time_rule
from timebank.notices.actions import choose
from timebank.notices.kinds import Topic
from timebank.notices.rules import Choice, Often, Way
from timebank.tasks.models import Task
from timebank.worker.sending import send_what_is_due

SILENCE = "If we hear nothing before Saturday 5 December, it counts as right, and the hours move."


@pytest.fixture
def recorded(backend, village, watch, monkeypatch):
    """The code of help that Ada recorded, in a bank that confirms by time; the command's clock is the office's."""
    monkeypatch.setattr("timebank.clock.now", watch)
    with backend.session() as session:
        begin_time_rule(session, village.angus, Doing(village.mary, MORNING, "rule"))
        code = make_recorded(session, village, village.ada, village.grace, what="Mending a gate")
        session.commit()
    return code


def pass_days(office, days):
    for _half in range(2 * days):
        office.watch.pass_by(hours=12)
        remind_all(office.settings)
        send_what_is_due(office)


def state_and_balance(backend, village, code):
    with backend.session() as session:
        return find_exchange(session, village.angus.id, code).state, balance_of(session, village.ada)


def test_every_reminder_says_from_which_day_silence_counts_and_then_the_hours_move(
    office, mail, village, backend, recorded
):
    send_what_is_due(office)
    pass_days(office, 15)
    assert state_and_balance(backend, village, recorded) == ("confirmed", 60)
    assert [message["Subject"] for _to, message in mail.sent] == [
        "Are these hours right?",
        "Are these hours right? They still wait",
        "Are these hours right? They still wait",
        "Hours that count as right now",
    ]
    assert {to for to, _message in mail.sent} == {"grace@example.org"}
    *asked, done = mail.texts()
    assert all(SILENCE in " ".join(text.split()) for text in asked)
    assert SILENCE not in done
    assert "If they are not right, please ring us: they can be taken back." in done
    assert "Mary Duncan" in done


def test_who_wants_no_notices_was_not_asked_so_a_broker_rings(office, mail, village, backend, recorded):
    with backend.session() as session:
        choices = {topic: Choice(Way.NONE, Often.AT_ONCE) for topic in Topic}
        choose(session, choices, Doing(village.grace, MORNING + timedelta(minutes=1), "none"))
        session.commit()
    pass_days(office, 23)
    assert mail.sent == []
    assert state_and_balance(backend, village, recorded) == ("recorded", 0)
    with backend.session() as session:
        assert [task.kind for task in session.query(Task)] == ["not_confirmed"]
