"""Recorded hours wait on the receiver's account: held when recorded, resolved once by whatever ends the waiting."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.people import NOW, TODAY, account_of, balance_of, make_recorded, terms
from timebank.actors import Doing, How, acting_for
from timebank.audit.checks import check_books
from timebank.bookkeeping.holds import holds
from timebank.exchanges import actions
from timebank.exchanges.errors import NotNowError
from timebank.exchanges.expiry import expire
from timebank.exchanges.models import Exchange
from timebank.exchanges.queries import find_exchange, list_steps
from timebank.exchanges.rules import Deed, State
from timebank.ledger.checks import Verdict
from timebank.ledger.errors import FloorReachedError
from timebank.tasks.models import Task
from timebank.tasks.rules import TaskKind
from timebank.trail.queries import list_deeds

LATE = NOW + timedelta(days=91)


def held(session, actor):
    return account_of(session, actor).held


def make_agreed(session, village, minutes, *, extra=0, key="agreed"):
    """Grace asked Ada for so many minutes, and Ada said yes."""
    said = terms(village.ada, village.grace, minutes=minutes)
    code = actions.propose(session, village.angus, said, Doing(village.grace, NOW, key))
    actions.accept(session, code, Doing(village.ada, NOW))
    return code


def record_agreed(session, village, code, minutes):
    return actions.record_agreed(
        session, village.angus, code, Doing(village.ada, NOW, f"r{code}"), day=TODAY, minutes=minutes
    )


def all_right(session):
    session.flush()
    return [result.findings for result in check_books(session) if result.verdict is Verdict.WRONG] == []


def test_recorded_hours_are_held_on_the_receivers_account_and_move_nothing(session, village):
    make_recorded(session, village, village.ada, village.grace, minutes=90)
    assert (held(session, village.grace), held(session, village.ada)) == (90, 0)
    assert balance_of(session, village.grace) == 0
    assert all_right(session)


def test_asking_and_agreeing_hold_nothing(session, village):
    make_agreed(session, village, 90)
    assert held(session, village.grace) == 0


ENDINGS = {
    "confirmed": lambda session, village, code: actions.confirm(session, code, Doing(village.grace, NOW)),
    "taken back": lambda session, village, code: actions.cancel(session, code, Doing(village.ada, NOW)),
    "expired": lambda session, village, _code: expire(session, village.angus, now=LATE),
}
AFTER_DISPUTE = {
    "agreed": lambda session, village, code: actions.agree(session, code, Doing(village.ada, NOW), minutes=30),
    "decided": lambda session, village, code: actions.decide(
        session, code, Doing(village.rosa, NOW), minutes=60, reason="We talked"
    ),
    "decided that none move": lambda session, village, code: actions.decide(
        session, code, Doing(village.rosa, NOW), minutes=0, reason="We talked"
    ),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_whatever_ends_the_waiting_resolves_the_hold_once(session, village, ending):
    code = make_recorded(session, village, village.ada, village.grace, minutes=90)
    ENDINGS[ending](session, village, code)
    assert held(session, village.grace) == 0
    assert balance_of(session, village.grace) == (-90 if ending == "confirmed" else 0)
    for again in ("confirmed", "taken back"):
        with pytest.raises(NotNowError):
            ENDINGS[again](session, village, code)
    assert expire(session, village.angus, now=LATE) == 0
    assert all_right(session)


@pytest.mark.parametrize("ending", AFTER_DISPUTE)
def test_a_dispute_keeps_the_hold_until_it_is_settled(session, village, ending):
    code = make_recorded(session, village, village.ada, village.grace, minutes=90)
    actions.dispute(session, code, Doing(village.grace, NOW), words="It was shorter", minutes=30)
    assert held(session, village.grace) == 90
    assert expire(session, village.angus, now=LATE) == 0
    assert held(session, village.grace) == 90
    AFTER_DISPUTE[ending](session, village, code)
    assert held(session, village.grace) == 0
    assert all_right(session)


def test_a_dispute_agreed_at_no_minutes_releases_the_hold(session, village):
    code = make_recorded(session, village, village.ada, village.grace, minutes=90)
    actions.dispute(session, code, Doing(village.grace, NOW), words="It never was", minutes=0)
    actions.agree(session, code, Doing(village.ada, NOW), minutes=0)
    assert (held(session, village.grace), balance_of(session, village.grace)) == (0, 0)
    assert all_right(session)


@pytest.mark.parametrize(
    ("agreed", "recorded", "expected"), [(50, 60, 60), (60, 60, 60), (60, 360, 300), (600, 600, 600)]
)
def test_agreed_minutes_are_held_and_at_most_four_hours_more(session, village, agreed, recorded, expected):
    code = make_agreed(session, village, agreed)
    record_agreed(session, village, code, recorded)
    assert held(session, village.grace) == expected


def test_nobody_can_freeze_a_neighbours_account_by_writing_hours_down(session, village):
    """All that Grace never agreed to holds four hours together, whoever writes it."""
    for number in range(5):
        make_recorded(session, village, village.ada, village.grace, minutes=600, what=f"Garden {number}")
        make_recorded(session, village, village.linus, village.grace, minutes=600, what=f"Lift {number}")
    assert held(session, village.grace) == 240
    assert all_right(session)


def test_how_much_is_held_is_a_rule_of_the_bank(session, village):
    village.angus.unagreed_hold_minutes = 30
    make_recorded(session, village, village.ada, village.grace, minutes=600)
    assert held(session, village.grace) == 30


def test_held_hours_cannot_be_spent_on_something_else(session, village):
    first = make_agreed(session, village, 1200, key="one")
    record_agreed(session, village, first, 1200)
    other = make_recorded(session, village, village.linus, village.grace, minutes=60)
    assert held(session, village.grace) == 1200
    with pytest.raises(FloorReachedError):
        actions.confirm(session, other, Doing(village.grace, NOW))
    session.rollback()


def test_confirming_what_was_held_never_fails_for_balance(session, village):
    first = make_agreed(session, village, 1200, key="one")
    record_agreed(session, village, first, 1200)
    actions.confirm(session, first, Doing(village.grace, NOW))
    assert balance_of(session, village.grace) == -1200


def test_recording_is_never_refused_for_want_of_room(session, village):
    """So it tells nobody what a neighbour's balance is."""
    first = make_agreed(session, village, 1200, key="one")
    record_agreed(session, village, first, 1200)
    second = make_agreed(session, village, 60, key="two")
    record_agreed(session, village, second, 60)
    assert held(session, village.grace) == 1200
    assert find_exchange(session, village.angus.id, second).state == State.RECORDED
    assert all_right(session)


def test_a_slip_that_both_signed_waits_for_nobody(session, village):
    ada = acting_for(village.rosa, village.ada, How.SLIP).with_evidence("slip 17")
    said = terms(village.ada, village.grace, minutes=60)
    actions.record(session, village.angus, said, Doing(ada, NOW, "slip"), slip=True)
    query = holds().subquery()
    assert session.scalar(select(func.count()).select_from(query)) == 0
    assert balance_of(session, village.grace) == -60
    assert all_right(session)


def test_the_sweep_ends_what_nobody_answers_and_asks_a_broker_to_look(session, village):
    code = make_recorded(session, village, village.ada, village.grace, minutes=90)
    assert expire(session, village.angus, now=NOW + timedelta(days=89)) == 0
    assert expire(session, village.angus, now=LATE) == 1
    shown = find_exchange(session, village.angus.id, code)
    assert (shown.state, shown.changed_at) == (State.CANCELLED, LATE)
    newest = list_steps(session, village.angus.id, shown.id)[-1]
    assert (newest.deed, newest.done_by, newest.done_at) == (Deed.EXPIRE, None, LATE)
    [*_before, told] = list_deeds(session, village.angus.id, f"exchange:{code}")
    assert (told.deed, told.done_by, told.done_at) == ("exchange.expire", None, LATE)
    task = session.scalars(select(Task)).one()
    assert (task.kind, task.subject) == (TaskKind.NOBODY_ANSWERED, f"exchange:{code}")


def test_the_sweep_leaves_what_was_answered_or_is_of_another_bank(session, village):
    make_recorded(session, village, village.ada, village.grace, minutes=90)
    assert expire(session, village.perth, now=LATE) == 0
    code = session.scalars(select(Exchange.code)).one()
    actions.confirm(session, code, Doing(village.grace, NOW))
    assert expire(session, village.angus, now=LATE) == 0


def test_the_waiting_days_are_a_rule_of_the_bank(session, village):
    village.angus.waiting_days = 15
    make_recorded(session, village, village.ada, village.grace)
    assert expire(session, village.angus, now=NOW + timedelta(days=15)) == 1


def test_an_expired_exchange_can_be_recorded_again(session, village):
    make_recorded(session, village, village.ada, village.grace, minutes=90)
    expire(session, village.angus, now=LATE)
    said = terms(village.ada, village.grace, minutes=90, day=LATE.date())
    actions.record(session, village.angus, said, Doing(village.ada, LATE, "again"))
    assert held(session, village.grace) == 90
