"""The trail: a form sent twice is done once, on both databases, however many send it at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.people import NOW
from timebank.actors import Doing
from timebank.references import DeedName, Ref, Subject
from timebank.trail import actions
from timebank.trail.actions import OtherContentError
from timebank.trail.queries import list_deeds


def begin(session, village, code="one", *, key="form", content=None, by=None, is_new=True):
    doing = Doing(by or village.ada, NOW, key)
    return actions.begin(session, doing, DeedName.EXCHANGE_RECORD, Ref(Subject.EXCHANGE, code), content, is_new=is_new)


def test_the_first_goes_on_and_the_second_is_told_what_came_of_it(session, village):
    assert begin(session, village) is None
    assert begin(session, village, "two") == "one"


def test_the_same_key_with_other_content_is_an_error(session, village):
    begin(session, village, content={"minutes": 60})
    with pytest.raises(OtherContentError):
        begin(session, village, content={"minutes": 75})


def test_a_key_is_each_persons_own(session, village):
    begin(session, village)
    assert begin(session, village, "two", by=village.grace) is None


def test_deeds_without_a_form_are_all_written(session, village):
    for _time in range(3):
        assert begin(session, village, key=None) is None
    assert len(list_deeds(session, village.angus.id, "exchange:one")) == 3


def test_a_deed_that_was_rolled_back_can_be_done_after_all(session, village):
    begin(session, village)
    session.rollback()
    assert begin(session, village) is None


def test_many_at_once_are_done_once(backend, village):
    barrier = Barrier(8)

    def send(number):
        barrier.wait()
        with backend.session() as session:
            told = begin(session, village, f"number{number}")
            session.commit()
            return told or f"number{number}"

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(send, range(8)))) == 1


def test_a_key_that_comes_again_for_another_subject_is_an_error(session, village):
    begin(session, village, is_new=False)
    assert begin(session, village, is_new=False) == "one"
    with pytest.raises(OtherContentError):
        begin(session, village, "two", is_new=False)
