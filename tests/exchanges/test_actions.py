"""The verbs of an exchange, on both databases: what they change, whom they refuse, and what the books say."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.people import NOW, TODAY, account_of, balance_of, make_confirmed, make_recorded, terms
from timebank.actors import Doing
from timebank.audit.checks import check_books
from timebank.errors import FutureDayError, PastDayError, ReasonMissingError
from timebank.exchanges import actions
from timebank.exchanges.errors import (
    NothingSaidError,
    NotNowError,
    NotYoursError,
    SamePersonError,
    SideNotActiveError,
    TooLongAgoError,
)
from timebank.exchanges.models import Exchange
from timebank.exchanges.queries import find_exchange, list_steps
from timebank.exchanges.rules import State
from timebank.ledger.checks import Verdict
from timebank.ledger.errors import FloorReachedError
from timebank.ledger.hours import NoTimeError, TooLongError
from timebank.members.models import Membership
from timebank.trail.actions import OtherContentError
from timebank.trail.queries import list_deeds


def state_of(session, village, code):
    return find_exchange(session, village.angus.id, code).state


def record(session, village, said, *, by, key="form"):
    return actions.record(session, village.angus, said, Doing(by, NOW, key))


def test_recording_moves_nothing_until_the_other_side_confirms(session, village):
    code = make_recorded(session, village, village.ada, village.grace, minutes=75)
    assert balance_of(session, village.ada) == 0
    actions.confirm(session, code, Doing(village.grace, NOW))
    assert (balance_of(session, village.ada), balance_of(session, village.grace)) == (75, -75)
    assert account_of(session, village.ada).given == 75
    assert state_of(session, village, code) == State.CONFIRMED


def test_the_receiver_can_record_and_the_giver_confirms(session, village):
    said = terms(village.ada, village.grace)
    code = record(session, village, said, by=village.grace)
    with pytest.raises(NotYoursError):
        actions.confirm(session, code, Doing(village.grace, NOW))
    session.rollback()
    code = record(session, village, said, by=village.grace)
    actions.confirm(session, code, Doing(village.ada, NOW))
    assert balance_of(session, village.ada) == 60


def test_minutes_are_rounded_up_to_a_quarter_when_recorded(session, village):
    code = make_recorded(session, village, village.ada, village.grace, minutes=20)
    assert find_exchange(session, village.angus.id, code).minutes == 30


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({"minutes": 0}, NoTimeError),
        ({"minutes": -60}, NoTimeError),
        ({"minutes": 1441}, TooLongError),
        ({"what": "  "}, NothingSaidError),
        ({"day": TODAY + timedelta(days=1)}, FutureDayError),
        ({"day": TODAY - timedelta(days=91)}, TooLongAgoError),
    ],
)
def test_impossible_terms_are_refused(session, village, changed, refused):
    with pytest.raises(refused):
        record(session, village, terms(village.ada, village.grace, **changed), by=village.ada)


def test_nobody_gives_to_themselves(session, village):
    with pytest.raises(SamePersonError):
        record(session, village, terms(village.ada, village.ada), by=village.ada)


def test_nobody_records_for_two_others(session, village):
    with pytest.raises(NotYoursError):
        record(session, village, terms(village.ada, village.grace), by=village.linus)


def test_a_member_of_another_bank_is_no_other_side(session, village):
    with pytest.raises(SideNotActiveError):
        record(session, village, terms(village.ada, village.perdita), by=village.ada)


def test_a_suspended_member_is_no_other_side(session, village):
    session.scalar(select(Membership).where(Membership.id == village.grace.membership_id)).standing = "suspended"
    session.flush()
    with pytest.raises(SideNotActiveError):
        record(session, village, terms(village.ada, village.grace), by=village.ada)


def test_the_same_form_twice_makes_one_exchange(session, village):
    said = terms(village.ada, village.grace)
    assert record(session, village, said, by=village.ada) == record(session, village, said, by=village.ada)
    assert len(session.scalars(select(Exchange)).all()) == 1


def test_the_same_form_with_other_content_is_an_error(session, village):
    record(session, village, terms(village.ada, village.grace), by=village.ada)
    with pytest.raises(OtherContentError):
        record(session, village, terms(village.ada, village.grace, minutes=75), by=village.ada)


def test_confirming_the_same_form_twice_moves_hours_once(session, village):
    code = make_recorded(session, village, village.ada, village.grace)
    for _time in range(2):
        actions.confirm(session, code, Doing(village.grace, NOW, "tap"))
    assert balance_of(session, village.ada) == 60


def test_confirming_from_two_pages_moves_hours_once_and_says_so(session, village):
    code = make_recorded(session, village, village.ada, village.grace)
    actions.confirm(session, code, Doing(village.grace, NOW, "one"))
    with pytest.raises(NotNowError):
        actions.confirm(session, code, Doing(village.grace, NOW, "two"))
    assert balance_of(session, village.ada) == 60


def test_agreed_beforehand_then_recorded_with_the_real_time(session, village):
    tomorrow = TODAY + timedelta(days=1)
    said = terms(village.ada, village.grace, minutes=45, day=tomorrow)
    code = actions.propose(session, village.angus, said, Doing(village.grace, NOW, "ask"))
    actions.accept(session, code, Doing(village.ada, NOW))
    later = NOW + timedelta(days=2)
    actions.record_agreed(session, village.angus, code, Doing(village.grace, later, "done"), day=tomorrow, minutes=60)
    with pytest.raises(NotYoursError):
        actions.confirm(session, code, Doing(village.grace, later))
    actions.confirm(session, code, Doing(village.ada, later, "yes"))
    assert balance_of(session, village.ada) == 60
    steps = list_steps(session, village.angus.id, find_exchange(session, village.angus.id, code).id)
    assert [step.deed for step in steps] == ["propose", "accept", "record", "confirm"]
    assert steps[0].done_by == village.grace.membership_id


def test_help_is_not_agreed_for_a_day_that_has_passed(session, village):
    said = terms(village.ada, village.grace, day=TODAY - timedelta(days=1))
    with pytest.raises(PastDayError):
        actions.propose(session, village.angus, said, Doing(village.grace, NOW, "ask"))


@pytest.mark.parametrize(("verb", "who"), [("accept", "grace"), ("decline", "grace"), ("accept", "linus")])
def test_only_who_was_asked_answers(session, village, verb, who):
    said = terms(village.ada, village.grace)
    code = actions.propose(session, village.angus, said, Doing(village.grace, NOW, "ask"))
    with pytest.raises(NotYoursError):
        getattr(actions, verb)(session, code, Doing(getattr(village, who), NOW))


def test_a_declined_exchange_accepts_no_deed(session, village):
    said = terms(village.ada, village.grace)
    code = actions.propose(session, village.angus, said, Doing(village.grace, NOW, "ask"))
    actions.decline(session, code, Doing(village.ada, NOW))
    with pytest.raises(NotNowError):
        actions.accept(session, code, Doing(village.ada, NOW))


def test_who_recorded_can_withdraw_until_it_is_confirmed(session, village):
    code = make_recorded(session, village, village.ada, village.grace)
    actions.cancel(session, code, Doing(village.ada, NOW))
    with pytest.raises(NotNowError):
        actions.confirm(session, code, Doing(village.grace, NOW))


def disputed(session, village, *, minutes=120):
    code = make_recorded(session, village, village.ada, village.grace, minutes=180)
    actions.dispute(session, code, Doing(village.grace, NOW), words="We had tea.", minutes=minutes)
    return code


def test_different_hours_are_a_dispute_and_nothing_is_averaged(session, village):
    code = disputed(session, village)
    assert state_of(session, village, code) == State.DISPUTED
    assert balance_of(session, village.ada) == 0
    exchange = find_exchange(session, village.angus.id, code)
    assert (exchange.minutes, exchange.disputed_minutes) == (180, 120)


@pytest.mark.parametrize(("who", "minutes"), [("ada", 120), ("grace", 180)])
def test_either_side_can_end_a_dispute_by_agreeing(session, village, who, minutes):
    code = disputed(session, village)
    actions.agree(session, code, Doing(getattr(village, who), NOW), minutes=minutes)
    assert balance_of(session, village.ada) == minutes
    assert state_of(session, village, code) == State.CONFIRMED


def test_agreeing_to_minutes_that_changed_is_refused(session, village):
    code = disputed(session, village)
    with pytest.raises(NotNowError):
        actions.agree(session, code, Doing(village.ada, NOW), minutes=180)


def test_agreeing_that_nothing_happened_moves_nothing(session, village):
    code = disputed(session, village, minutes=0)
    actions.agree(session, code, Doing(village.ada, NOW), minutes=0)
    assert state_of(session, village, code) == State.CANCELLED
    assert balance_of(session, village.ada) == 0


@pytest.mark.parametrize("minutes", [0, 150])
def test_a_broker_who_took_no_part_decides_with_a_reason(session, village, minutes):
    code = disputed(session, village)
    with pytest.raises(ReasonMissingError):
        actions.decide(session, code, Doing(village.rosa, NOW), minutes=minutes, reason=" ")
    with pytest.raises(NotYoursError):
        actions.decide(session, code, Doing(village.ada, NOW), minutes=minutes, reason="I am Ada")
    actions.decide(session, code, Doing(village.rosa, NOW), minutes=minutes, reason="Both rang.")
    assert balance_of(session, village.ada) == minutes
    assert state_of(session, village, code) == State.DECIDED


def test_the_floor_refuses_at_confirmation_and_the_exchange_still_waits(session, village):
    for number in range(10):
        make_confirmed(session, village, village.ada, village.grace, minutes=120, what=f"Help {number}")
    code = make_recorded(session, village, village.linus, village.grace)
    session.commit()
    with pytest.raises(FloorReachedError):
        actions.confirm(session, code, Doing(village.grace, NOW))
    session.rollback()
    assert state_of(session, village, code) == State.RECORDED
    assert balance_of(session, village.grace) == -1200


def test_no_hours_move_to_somebody_who_has_left(session, village):
    code = make_recorded(session, village, village.ada, village.grace)
    session.scalar(select(Membership).where(Membership.id == village.ada.membership_id)).standing = "left"
    session.flush()
    with pytest.raises(SideNotActiveError):
        actions.confirm(session, code, Doing(village.grace, NOW))
    assert balance_of(session, village.ada) == 0


def test_every_deed_is_on_the_trail_with_its_doer(session, village):
    code = make_confirmed(session, village, village.ada, village.grace)
    rows = list_deeds(session, village.angus.id, f"exchange:{code}")
    assert [(row.deed, row.done_by) for row in rows] == [
        ("exchange.record", village.ada.membership_id),
        ("exchange.confirm", village.grace.membership_id),
    ]


def test_after_all_of_this_every_check_is_right(session, village):
    make_confirmed(session, village, village.ada, village.grace)
    disputed(session, village)
    session.commit()
    verdicts = {result.name: result.verdict for result in check_books(session)}
    assert set(verdicts.values()) == {Verdict.RIGHT}
