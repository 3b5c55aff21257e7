"""Who may answer what another keeper proposes. Pure."""

import pytest

from timebank.actors import Actor, Hand, How, Role, Standing
from timebank.approvals import rules

PROPOSER, MEMBER, APPROVER = 1, 2, 3


def actor(*roles, membership=APPROVER, standing=Standing.ACTIVE):
    return Actor(1, membership, membership, membership, "A", "A", 101, frozenset(roles), standing)


@pytest.mark.parametrize(
    ("who", "depends_on", "may"),
    [
        (actor(Role.TRUSTEE), (), True),
        (actor(Role.COORDINATOR), (), True),
        (actor(Role.TRUSTEE), (PROPOSER,), False),
        (actor(Role.TRUSTEE), (MEMBER,), True),
        (actor(Role.COORDINATOR, membership=PROPOSER), (), False),
        (actor(Role.COORDINATOR, membership=MEMBER), (), False),
        (actor(Role.BROKER), (), False),
        (actor(Role.AUDITOR), (), False),
        (actor(Role.TRUSTEE, standing=Standing.SUSPENDED), (), False),
    ],
)
def test_who_answers_for_a_role(who, depends_on, may):
    answer = rules.may_answer_role(who, proposed_by=PROPOSER, of_membership=MEMBER, depends_on=depends_on)
    assert answer is may


@pytest.mark.parametrize(
    ("who", "independent", "may"),
    [
        (actor(Role.BROKER), (APPROVER,), True),
        (actor(Role.TRUSTEE), (APPROVER,), True),
        (actor(Role.BROKER), (PROPOSER,), False),
        (actor(Role.BROKER, membership=MEMBER), (MEMBER,), False),
        (actor(Role.MEMBER), (APPROVER,), False),
        (actor(Role.AUDITOR), (APPROVER,), False),
    ],
)
def test_who_gives_welcome_hours_as_a_second_keeper(who, independent, may):
    assert rules.may_welcome(who, of_membership=MEMBER, independent=independent) is may


@pytest.mark.parametrize(
    ("who", "refused_by", "may"),
    [
        (actor(Role.COORDINATOR, membership=PROPOSER), APPROVER, True),
        (actor(Role.MEMBER, membership=PROPOSER), APPROVER, True),
        (actor(Role.COORDINATOR, membership=PROPOSER), PROPOSER, False),
        (actor(Role.COORDINATOR, membership=PROPOSER), None, False),
        (actor(Role.COORDINATOR, membership=MEMBER), APPROVER, False),
        (actor(Role.TRUSTEE), APPROVER, False),
        (actor(Role.COORDINATOR, membership=PROPOSER, standing=Standing.SUSPENDED), APPROVER, False),
    ],
)
def test_who_puts_away_that_it_was_turned_down(who, refused_by, may):
    assert rules.may_acknowledge(who, proposed_by=PROPOSER, refused_by=refused_by) is may


def test_roles_that_approve_or_audit_are_the_ones_that_wait():
    assert sorted(rules.NEED_APPROVAL) == ["auditor", "coordinator", "trustee"]


def test_no_hand_withdraws_what_somebody_proposed():
    hand = Hand(9, 9, "B", "B", How.PHONE)
    acted = Actor(1, PROPOSER, 1, 1, "A", "A", 101, frozenset({Role.MEMBER}), hand=hand)
    assert not rules.may_withdraw_role(acted, proposed_by=PROPOSER)
    assert not rules.may_acknowledge(acted, proposed_by=PROPOSER, refused_by=APPROVER)
