"""Beyond a soft limit the exchange goes through, and a broker gets a task, once."""

from datetime import timedelta

import pytest

from tests.people import NOW, balance_of, make_confirmed, make_recorded
from timebank.actors import Doing
from timebank.exchanges import actions, reversals
from timebank.exchanges.soft_limits import crossed
from timebank.ledger.errors import FloorReachedError
from timebank.tasks.actions import finish
from timebank.tasks.queries import Shows, list_tasks
from timebank.tasks.rules import TaskKind

LOW, HIGH = -600, 1200


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (0, -599, None),
        (0, -600, None),
        (0, -601, TaskKind.BELOW_SOFT_LIMIT),
        (-600, -615, TaskKind.BELOW_SOFT_LIMIT),
        (-601, -615, None),
        (-615, -601, None),
        (-700, 0, None),
        (0, 1200, None),
        (0, 1201, TaskKind.ABOVE_SOFT_LIMIT),
        (1200, 1215, TaskKind.ABOVE_SOFT_LIMIT),
        (1201, 1260, None),
        (1300, 1100, None),
        (-1200, 1300, TaskKind.ABOVE_SOFT_LIMIT),
        (1300, -1200, TaskKind.BELOW_SOFT_LIMIT),
    ],
)
def test_a_limit_is_crossed_on_the_way_out_only(before, after, kind):
    assert crossed(before, after, low=LOW, high=HIGH) is kind


@pytest.mark.parametrize(("low", "high"), [(0, 0), (-15, 0), (0, 15)])
def test_limits_of_nothing_mean_that_every_hour_is_beyond_them(low, high):
    assert crossed(0, low - 1, low=low, high=high) is TaskKind.BELOW_SOFT_LIMIT
    assert crossed(0, high + 1, low=low, high=high) is TaskKind.ABOVE_SOFT_LIMIT
    assert crossed(0, 0, low=low, high=high) is None


@pytest.fixture
def tasks(session, village):
    """{(kind, whose)} of the tasks that wait."""
    names = {f"member:{village.ada.code}": "ada", f"member:{village.grace.code}": "grace"}

    def reading():
        page = list_tasks(session, village.angus.id, Shows.TO_DO, membership_id=0)
        return [(row.kind, names[row.subject]) for row in page.rows]

    return reading


def give(session, village, minutes, what):
    return make_confirmed(session, village, village.ada, village.grace, minutes=minutes, what=what)


def test_the_exchange_goes_through_and_a_broker_is_asked_to_talk(session, village, tasks):
    give(session, village, 600, "Ten hours")
    assert tasks() == []
    give(session, village, 15, "A little more")
    assert tasks() == [(TaskKind.BELOW_SOFT_LIMIT, "grace")]
    assert balance_of(session, village.grace) == -615


def test_each_side_has_its_own_limit(session, village, tasks):
    for number in range(2):
        make_confirmed(session, village, village.ada, village.linus, minutes=300, what=f"Help {number}")
    give(session, village, 615, "A day and more")
    assert sorted(tasks()) == [(TaskKind.ABOVE_SOFT_LIMIT, "ada"), (TaskKind.BELOW_SOFT_LIMIT, "grace")]


def test_a_task_is_opened_once_and_not_at_each_exchange_beyond_the_limit(session, village, tasks):
    give(session, village, 615, "Over it")
    page = list_tasks(session, village.angus.id, Shows.TO_DO, membership_id=0)
    finish(session, page.rows[0].code, Doing(village.rosa, NOW), note="We talked.")
    give(session, village, 60, "Further on")
    assert tasks() == []


def test_crossing_the_limit_again_while_a_task_waits_opens_none(session, village, tasks):
    give(session, village, 615, "Over it")
    make_confirmed(session, village, village.grace, village.ada, minutes=60, what="And back")
    give(session, village, 60, "And over")
    assert tasks() == [(TaskKind.BELOW_SOFT_LIMIT, "grace")]


def test_agreeing_and_deciding_open_tasks_too(session, village, tasks):
    for end in ("agree", "decide"):
        code = make_recorded(session, village, village.ada, village.grace, minutes=900, what=end)
        actions.dispute(session, code, Doing(village.grace, NOW), words="Less", minutes=450)
        if end == "agree":
            actions.agree(session, code, Doing(village.ada, NOW), minutes=450)
            assert tasks() == []
        else:
            actions.decide(session, code, Doing(village.rosa, NOW), minutes=450, reason="Both rang.")
    assert tasks() == [(TaskKind.BELOW_SOFT_LIMIT, "grace")]


def test_a_reversal_opens_tasks_too(session, village, tasks):
    code = give(session, village, 300, "Five hours")
    for number in range(2):
        make_confirmed(session, village, village.linus, village.ada, minutes=390, what=f"For Ada {number}")
    assert (balance_of(session, village.ada), tasks()) == (-480, [])
    proposed = reversals.propose(session, code, Doing(village.mary, NOW), reason="It was Linus.")
    reversals.approve(session, village.angus, proposed, Doing(village.tom, NOW + timedelta(hours=1)))
    assert (balance_of(session, village.ada), tasks()) == (-780, [(TaskKind.BELOW_SOFT_LIMIT, "ada")])


def test_an_exchange_that_the_floor_refuses_opens_no_task(session, village, tasks):
    give(session, village, 600, "Ten hours")
    session.commit()
    code = make_recorded(session, village, village.ada, village.grace, minutes=615)
    session.commit()
    with pytest.raises(FloorReachedError):
        actions.confirm(session, code, Doing(village.grace, NOW))
    session.rollback()
    assert tasks() == []
