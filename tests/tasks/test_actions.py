"""The to-do list on both databases: one open task for one thing, taken by one broker, finished once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import NoResultFound

from tests.people import NOW
from timebank.actors import Doing, Role
from timebank.references import parse
from timebank.tasks import actions
from timebank.tasks.errors import TaskDoneError, TaskTakenError
from timebank.tasks.queries import TASKS_A_PAGE, Shows, count_kinds, count_waiting, find_task, list_tasks

LATER = NOW + timedelta(days=3)


@pytest.fixture
def open_task(session, village):
    """Open a task about Grace, or about whatever is said; gives its code."""

    def opening(kind="below_soft_limit", subject=f"member:{village.grace.code}", note="", now=NOW, bank=village.angus):
        return actions.open_task(session, bank.id, kind=kind, subject=parse(subject), note=note, now=now)

    return opening


@pytest.fixture
def task(session, village):
    """Read a task of Angus by its code."""
    return lambda code: find_task(session, village.angus.id, code)


def take(session, village, code, who):
    actions.take(session, code, Doing(who, NOW))


def hand_back(session, village, code, who):
    actions.hand_back(session, code, Doing(who, NOW))


def finish(session, village, code, who, note="We talked."):
    actions.finish(session, code, Doing(who, LATER), note=note)


def shown(session, village, shows, who=None, **more):
    page = list_tasks(session, village.angus.id, shows, membership_id=(who or village.rosa).membership_id, **more)
    return [row.code for row in page.rows]


def test_a_task_waits_for_whoever_takes_it(session, village, open_task, task):
    code = open_task(note="She is at minus 11 hours.")
    found = task(code)
    assert (found.status, found.owner_id, found.opened_at) == ("open", None, NOW)
    assert (found.kind, found.subject, found.note) == (
        "below_soft_limit",
        f"member:{village.grace.code}",
        "She is at minus 11 hours.",
    )
    assert count_waiting(session, village.angus.id, village.rosa.membership_id) == 1


def test_the_same_thing_is_on_the_list_once_and_a_new_note_is_added(session, village, open_task, task):
    code = open_task(note="First")
    assert open_task(note="First", now=LATER) == code
    assert open_task(note="Second", now=LATER) == code
    assert (task(code).note, task(code).opened_at) == ("First\n\nSecond", NOW)
    assert count_waiting(session, village.angus.id, village.rosa.membership_id) == 1


def test_the_same_thing_is_given_again_while_somebody_has_it(session, village, open_task, task):
    code = open_task()
    take(session, village, code, village.rosa)
    assert open_task(note="Again") == code
    assert (task(code).status, task(code).note) == ("taken", "Again")


def test_after_it_is_done_the_same_thing_is_a_new_task(session, village, open_task):
    code = open_task()
    finish(session, village, code, village.rosa)
    assert open_task() != code


@pytest.mark.parametrize("other", [{"kind": "above_soft_limit"}, {"subject": "member:AAAAAAAA"}])
def test_another_kind_or_subject_is_another_task(open_task, other):
    assert open_task() != open_task(**other)


def test_each_bank_has_its_own_list(session, village, open_task):
    here, there = open_task(), open_task(bank=village.perth)
    assert here != there
    assert shown(session, village, Shows.TO_DO) == [here]
    assert find_task(session, village.angus.id, there) is None
    with pytest.raises(NoResultFound):
        take(session, village, there, village.rosa)


def test_who_takes_it_has_it_and_nobody_else_can(session, village, open_task, task):
    code = open_task()
    take(session, village, code, village.rosa)
    take(session, village, code, village.rosa)
    other_broker = replace(village.mary, roles=frozenset({Role.BROKER}))
    for deed in (take, hand_back, finish):
        with pytest.raises(TaskTakenError) as refused:
            deed(session, village, code, other_broker)
        assert refused.value.values == {"owner_id": village.rosa.membership_id}
    assert (task(code).status, task(code).owner_id) == ("taken", village.rosa.membership_id)


def test_what_is_handed_back_is_anybodys(session, village, open_task, task):
    code = open_task()
    take(session, village, code, village.rosa)
    for _time in range(2):
        hand_back(session, village, code, village.rosa)
    assert (task(code).status, task(code).owner_id) == ("open", None)
    take(session, village, code, village.mary)
    assert task(code).owner_id == village.mary.membership_id


def test_a_task_whose_owner_is_away_can_be_freed(session, village, open_task, task):
    code = open_task()
    take(session, village, code, village.rosa)
    hand_back(session, village, code, village.mary)
    assert task(code).status == "open"


@pytest.mark.parametrize("taken", [True, False])
def test_what_came_of_it_is_kept_with_who_and_when(session, village, open_task, task, taken):
    code = open_task(note="Below ten hours")
    if taken:
        take(session, village, code, village.rosa)
    for _time in range(2):
        finish(session, village, code, village.rosa)
    found = task(code)
    assert (found.status, found.done_by, found.done_at) == ("done", village.rosa.membership_id, LATER)
    assert found.note == "Below ten hours\n\nWe talked."


def test_what_is_done_is_done(session, village, open_task):
    code = open_task()
    finish(session, village, code, village.rosa)
    for who, deed in ((village.mary, finish), (village.rosa, take), (village.rosa, hand_back)):
        with pytest.raises(TaskDoneError):
            deed(session, village, code, who)
    with pytest.raises(TaskDoneError):
        hand_back(session, village, code, village.mary)
    with pytest.raises(TaskDoneError):
        finish(session, village, code, village.rosa, note="Something else")


def test_the_list_shows_what_is_asked_for_oldest_first(session, village, open_task):
    codes = [open_task(subject=f"member:{number}") for number in range(4)]
    take(session, village, codes[1], village.rosa)
    take(session, village, codes[2], village.mary)
    finish(session, village, codes[3], village.mary)
    assert shown(session, village, Shows.TO_DO) == codes[:3]
    assert shown(session, village, Shows.OPEN) == codes[:1]
    assert shown(session, village, Shows.TAKEN) == codes[1:3]
    assert shown(session, village, Shows.MINE) == [codes[1]]
    assert shown(session, village, Shows.DONE) == [codes[3]]


def test_the_list_has_one_kind_and_each_kind_is_counted(session, village, open_task):
    codes = [
        open_task(subject=f"member:{number}", kind=kind) for number, kind in enumerate(("text_came", "phone_wrong"))
    ]
    assert shown(session, village, Shows.TO_DO, kind="phone_wrong") == codes[1:]
    assert shown(session, village, Shows.DONE, kind="phone_wrong") == []
    who = village.rosa.membership_id
    counts = count_kinds(session, village.angus.id, Shows.OPEN, membership_id=who)
    assert counts == {"text_came": 1, "phone_wrong": 1}
    assert count_kinds(session, village.perth.id, Shows.OPEN, membership_id=who) == {}


@pytest.mark.parametrize("done", [False, True])
def test_a_long_list_goes_on_page_by_page_and_leaves_nobody_out(session, village, open_task, done):
    codes = [open_task(subject=f"member:{number}") for number in range(TASKS_A_PAGE + 3)]
    if done:
        for code in codes:
            finish(session, village, code, village.rosa)
        codes.reverse()
    shows = Shows.DONE if done else Shows.TO_DO
    first = list_tasks(session, village.angus.id, shows, membership_id=1)
    second = list_tasks(session, village.angus.id, shows, membership_id=1, after=first.next)
    assert [row.code for row in (*first.rows, *second.rows)] == codes
    assert second.next is None
