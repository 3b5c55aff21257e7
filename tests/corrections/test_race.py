"""Two who answer one correction at once: one of them is told that it was answered, and the hours move once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy.exc import OperationalError

from tests.people import NOW
from timebank.actors import Doing
from timebank.corrections import actions
from timebank.corrections.access import get_visible
from timebank.corrections.errors import AnsweredError
from timebank.errors import TimebankError
from timebank.ledger.entries import Line
from timebank.retries import is_worth_retrying


def approving(session, village, code, by):
    actions.approve(session, village.angus, code, Doing(by, NOW))


def refusing(session, _village, code, by):
    actions.refuse(session, code, Doing(by, NOW), reason="No")


@pytest.mark.parametrize("other", [approving, refusing])
def test_of_two_answers_at_once_one_counts(desk, backend, village, other):
    code = desk.adjust()
    together = Barrier(2)

    def answer(verb, by):
        together.wait(10)
        for _try in range(20):
            with backend.session() as session:
                try:
                    verb(session, village, code, by)
                    session.commit()
                except TimebankError as error:
                    return type(error)
                except OperationalError as error:
                    if not is_worth_retrying(error):
                        raise
                else:
                    return None
        message = "gave up"
        raise AssertionError(message)

    with ThreadPoolExecutor(2) as threads:
        answers = [threads.submit(answer, approving, village.tom), threads.submit(answer, other, village.clara)]
        told = [one.result(60) for one in answers]
    assert sorted(map(str, told)) == sorted(map(str, [None, AnsweredError]))
    entries = desk.ask("SELECT count(*) FROM entry")[0][0]
    assert entries == (1 if other is approving or told[0] is None else 0)
    assert desk.balance(village.ada) == 60 * entries


@pytest.mark.parametrize("numbers", [((1,), (2,)), ((1,), (1,))])
def test_lines_of_one_entry_taken_back_side_by_side_go_back_once_each(desk, village, numbers):
    entry_id = desk.post(Line(desk.pot, village.ada.account_id, 60), Line(desk.pot, village.grace.account_id, 60))
    first = desk.take_back(entry_id, numbers[0])
    if numbers[0] == numbers[1]:
        with pytest.raises(TimebankError):
            desk.take_back(entry_id, numbers[1])
        desk.approve(first)
    else:
        second = desk.take_back(entry_id, numbers[1])
        desk.approve(second)
        desk.approve(first)
    assert desk.ask("SELECT count(*) FROM taken_back")[0][0] == len(set(numbers))


@pytest.mark.parametrize("answer", [approving, refusing])
def test_who_answers_from_a_page_that_was_read_before_meets_the_first_answer(backend, village, desk, answer):
    """The page keeps the row that it read; under the lock it is read again."""
    if backend.name == "sqlite":
        pytest.skip("one transaction writes at a time")
    code = desk.adjust()
    with backend.session() as session:
        correction = get_visible(session, village.clara, code)
        desk.approve(code)
        with pytest.raises(AnsweredError):
            answer(session, village, code, village.clara)
        assert correction.closed_at is not None
