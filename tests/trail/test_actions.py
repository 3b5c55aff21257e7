"""The trail: a form sent twice is done once, on both databases, however many send it at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.people import NOW
from timebank.trail import actions
from timebank.trail.actions import Deed, OtherContentError
from timebank.trail.queries import list_deeds


def deed(village, subject="thing:1", *, key="form", content=None, by=None):
    return Deed(
        village.angus.id, "thing.done", subject, (by or village.ada).membership_id, NOW, form_key=key, content=content
    )


def test_the_first_goes_on_and_the_second_is_told_what_came_of_it(session, village):
    assert actions.begin(session, deed(village)) is None
    assert actions.begin(session, deed(village, "thing:2")) == "thing:1"


def test_the_same_key_with_other_content_is_an_error(session, village):
    actions.begin(session, deed(village, content={"minutes": 60}))
    with pytest.raises(OtherContentError):
        actions.begin(session, deed(village, content={"minutes": 75}))


def test_a_key_is_each_persons_own(session, village):
    actions.begin(session, deed(village))
    assert actions.begin(session, deed(village, "thing:2", by=village.grace)) is None


def test_deeds_without_a_form_are_all_written(session, village):
    for _time in range(3):
        assert actions.begin(session, deed(village, key=None)) is None
    assert len(list_deeds(session, village.angus.id, "thing:1")) == 3


def test_a_deed_that_was_rolled_back_can_be_done_after_all(session, village):
    actions.begin(session, deed(village))
    session.rollback()
    assert actions.begin(session, deed(village)) is None


def test_many_at_once_are_done_once(backend, village):
    barrier = Barrier(8)

    def send(number):
        barrier.wait()
        with backend.session() as session:
            told = actions.begin(session, deed(village, f"thing:{number}"))
            session.commit()
            return told or f"thing:{number}"

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(send, range(8)))) == 1
