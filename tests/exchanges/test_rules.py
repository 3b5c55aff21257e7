"""Who may do what to an exchange, as a table of every state and every part that somebody can play."""

from datetime import date
from functools import partial

import pytest

from timebank import actors as members
from timebank.actors import Actor, Role
from timebank.exchanges import rules
from timebank.exchanges.queries import MOST_OPEN
from timebank.exchanges.rules import TRANSITIONS, Deed, Room, Side, Snapshot, State

GIVER, RECEIVER, OTHER = 1, 2, 3


def actor(account=OTHER, *roles, membership=None, standing=members.Standing.ACTIVE):
    held = frozenset(roles or {Role.MEMBER})
    return Actor(1, membership or account, account, account, "Name", "CODE", account, held, standing)


def exchange(state, **changed):
    return Snapshot(state, GIVER, RECEIVER, **{"recorded_side": Side.GIVER, "proposed_side": Side.GIVER, **changed})


PEOPLE = {
    "giver": actor(GIVER),
    "receiver": actor(RECEIVER),
    "stranger": actor(OTHER),
    "broker": actor(OTHER, Role.BROKER),
    "coordinator": actor(OTHER, Role.COORDINATOR),
    "trustee": actor(OTHER, Role.TRUSTEE),
    "auditor": actor(OTHER, Role.AUDITOR),
}


@pytest.mark.parametrize(
    ("asked_of_this_one", "asked", "room"),
    [
        (0, 0, Room.FOR_MORE),
        (9, 39, Room.FOR_MORE),
        (10, 10, Room.NOT_WITH_THIS_ONE),
        (11, 39, Room.NOT_WITH_THIS_ONE),
        (0, 40, Room.NOT_WITH_ANYBODY),
        (10, 40, Room.NOT_WITH_ANYBODY),
    ],
)
def test_how_many_proposals_may_wait_for_an_answer(asked_of_this_one, asked, room):
    assert rules.room_to_propose(asked_of_this_one=asked_of_this_one, asked=asked) is room


def test_what_one_member_proposes_never_fills_the_page_of_what_waits():
    assert 2 * rules.MOST_ASKED_OF_ONE < MOST_OPEN
    assert rules.MOST_ASKED < MOST_OPEN


#: For an exchange whose giver spoke last: in which state who may do what. Everything else is refused.
MAY = {
    "accept": {State.PROPOSED: {"receiver"}},
    "cancel": {State.PROPOSED: {"giver"}, State.ACCEPTED: {"giver", "receiver"}, State.RECORDED: {"giver"}},
    "record": {State.ACCEPTED: {"giver", "receiver"}},
    "confirm": {State.RECORDED: {"receiver"}},
    "dispute": {State.RECORDED: {"receiver"}},
    "decide": {State.DISPUTED: {"broker", "coordinator"}},
}


def may(deed, *arguments):
    """Ask the rule of a deed, as if no broker had acted for a side."""
    hands = {"hands": ()} if deed == "decide" else {}
    return getattr(rules, f"may_{deed}")(*arguments, **hands)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("deed", MAY)
def test_each_role_may_do_exactly_these_deeds_in_each_state(deed, state):
    allowed = {name for name, who in PEOPLE.items() if may(deed, exchange(state), who)}
    assert allowed == MAY[deed].get(state, set())


def test_the_two_and_those_who_look_after_the_bank_see_it():
    seen = {name for name, who in PEOPLE.items() if rules.may_see(exchange(State.RECORDED), who)}
    assert seen == {"giver", "receiver", "broker", "coordinator", "trustee", "auditor"}


def test_a_broker_who_took_part_decides_nothing():
    disputed = exchange(State.DISPUTED)
    assert not rules.may_decide(disputed, actor(GIVER, Role.BROKER), hands=[])
    assert not rules.may_decide(disputed, actor(RECEIVER, Role.COORDINATOR), hands=[])
    assert not rules.may_decide(disputed, PEOPLE["broker"], hands=[OTHER])


@pytest.mark.parametrize("standing", [members.Standing.SUSPENDED, members.Standing.LEFT])
def test_who_is_not_active_does_nothing(standing):
    away = actor(RECEIVER, Role.MEMBER, Role.COORDINATOR, standing=standing)
    for deed in MAY:
        for state in State:
            assert not may(deed, exchange(state), away)


def test_each_side_can_agree_to_what_the_other_says():
    disputed = exchange(State.DISPUTED, minutes=180, disputed_minutes=120)
    assert rules.agreeable_minutes(disputed, PEOPLE["giver"]) == 120
    assert rules.agreeable_minutes(disputed, PEOPLE["receiver"]) == 180
    assert rules.agreeable_minutes(disputed, PEOPLE["broker"]) is None
    assert rules.agreeable_minutes(exchange(State.DISPUTED, minutes=180), PEOPLE["giver"]) is None
    assert rules.agreeable_minutes(exchange(State.RECORDED, minutes=180), PEOPLE["receiver"]) is None


@pytest.mark.parametrize("state", State)
def test_only_moved_hours_are_taken_back_and_by_a_coordinator(state):
    allowed = {name for name, who in PEOPLE.items() if rules.may_propose_reversal(exchange(state, minutes=60), who)}
    assert allowed == ({"coordinator"} if state in {State.CONFIRMED, State.DECIDED} else set())
    assert not rules.may_propose_reversal(exchange(state, minutes=0), PEOPLE["coordinator"])


def test_nobody_approves_their_own():
    done = exchange(State.CONFIRMED, minutes=60)
    approves = partial(rules.may_approve_reversal, done, proposed_by=99, hands=[], depends_on=())
    assert approves(PEOPLE["trustee"])
    assert not approves(PEOPLE["trustee"], proposed_by=OTHER)
    assert not approves(PEOPLE["coordinator"], hands=[OTHER])
    assert not approves(PEOPLE["trustee"], depends_on=[99])
    assert not approves(actor(GIVER, Role.COORDINATOR))
    assert not approves(PEOPLE["broker"])
    assert not approves(PEOPLE["auditor"])


def test_every_state_but_the_ends_has_a_way_on():
    ends = {State.DECLINED, State.CANCELLED, State.REVERSED}
    assert {start for start, _deed in TRANSITIONS if start} == set(State) - ends


def test_a_dispute_has_a_way_out_for_each_side_and_for_a_broker():
    ways = {deed for start, deed in TRANSITIONS if start is State.DISPUTED}
    assert ways == {Deed.AGREE, Deed.CANCEL, Deed.DECIDE}


def test_back_dating_reaches_as_far_as_the_bank_says():
    assert rules.earliest_day(date(2026, 11, 21), 90) == date(2026, 8, 23)
