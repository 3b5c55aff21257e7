"""Many at once: one broker gets a task, and one task stands for one thing."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy.exc import OperationalError

from tests.people import NOW
from timebank.actors import Doing
from timebank.banks.areas import add_area
from timebank.listings.errors import OnListAlreadyError
from timebank.listings.to_do import put_on_list
from timebank.references import Ref, Subject
from timebank.retries import is_worth_retrying
from timebank.tasks import actions
from timebank.tasks.errors import TaskTakenError
from timebank.tasks.queries import count_waiting, find_task

HANDS = 16


@pytest.fixture
def wide_backend(backend, monkeypatch):
    """Threads wait their turn for a connection rather than fail."""
    monkeypatch.setattr(backend.engine.pool, "_timeout", 60)
    return backend


def at_once(backend, deeds):
    """Do each deed from a thread of its own, all starting together; gives what each came to, refusals included."""
    barrier = Barrier(len(deeds))

    def do(deed):
        barrier.wait()
        for _try in range(20):
            with backend.session() as session:
                try:
                    came = deed(session)
                    session.commit()
                except TaskTakenError as error:
                    return error
                except OperationalError as error:
                    if not is_worth_retrying(error):
                        raise
                else:
                    return came
        message = "gave up"
        raise AssertionError(message)

    with ThreadPoolExecutor(len(deeds)) as threads:
        return list(threads.map(do, deeds))


def opening(bank_id, number):
    return lambda session: actions.open_task(
        session,
        bank_id,
        kind="below_soft_limit",
        subject=Ref(Subject.MEMBER, "K7M3Q2XZ"),
        note=f"Note {number}",
        now=NOW,
    )


def test_many_who_open_the_same_task_at_once_are_given_one(wide_backend, village):
    codes = at_once(wide_backend, [opening(village.angus.id, number) for number in range(HANDS)])
    assert len(set(codes)) == 1
    with wide_backend.session() as session:
        assert count_waiting(session, village.angus.id, village.rosa.membership_id) == 1
        notes = find_task(session, village.angus.id, codes[0]).note.split("\n\n")
        assert sorted(notes) == sorted(f"Note {number}" for number in range(HANDS))


def test_of_many_who_take_one_task_at_once_one_has_it_and_the_others_are_told_who(wide_backend, village):
    with wide_backend.session() as session:
        code = opening(village.angus.id, 0)(session)
        session.commit()
    brokers = [village.rosa, village.mary, village.clara] * 5

    def taking(who):
        return lambda session: actions.take(session, code, Doing(who, NOW))

    answers = at_once(wide_backend, [taking(who) for who in brokers])
    with wide_backend.session() as session:
        owner_id = find_task(session, village.angus.id, code).owner_id
    refused = [error for error in answers if error is not None]
    assert len(refused) == 10
    assert {error.values["owner_id"] for error in refused} == {owner_id}


def test_of_many_who_press_at_once_one_puts_it_there(wide_backend, village):
    with wide_backend.session() as session:
        add_area(session, "Forfar", Doing(village.mary, NOW, "forfar"))
        session.commit()
    forfar = Ref(Subject.AREA, "Forfar")

    def pressing(number):
        def press(session):
            try:
                put_on_list(session, forfar, Doing(village.rosa, NOW, f"press {number}"))
            except OnListAlreadyError:
                session.rollback()
                return "there already"
            return "put there"

        return press

    answers = at_once(wide_backend, [pressing(number) for number in range(10)])
    assert sorted(answers) == ["put there", *["there already"] * 9]
