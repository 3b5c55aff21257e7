"""Which step may follow which, how references are counted, and who handles an application: as tables."""

import pytest

from timebank.actors import STANDINGS, Actor, Role, Standing, may_change_standing, may_read_own_hours
from timebank.joining import rules
from timebank.joining.rules import OPEN_STAGES, TRANSITIONS, ContactDetails, Progress, Stage, Step

TWO = ("Jean Shaw", "Bill Kerr")
ROSA = ContactDetails("Rosa Lindsay", "rosa@example.org", "+441632960444")


def actor(*roles, membership=1, bank=1, standing=Standing.ACTIVE):
    return Actor(bank, membership, membership, membership, "Name", "CODE", membership, frozenset(roles), standing)


#: stage, referees, how many the bank asks for, and the one step that takes it on
NEXT = [
    (Stage.APPLIED, (), 2, Step.INTERVIEW),
    (Stage.APPLIED, (), 0, Step.INTERVIEW),
    (Stage.INTERVIEWED, (), 2, Step.REFERENCE),
    (Stage.INTERVIEWED, TWO[:1], 2, Step.REFERENCE),
    (Stage.INTERVIEWED, (), 0, Step.INDUCT),
    (Stage.INTERVIEWED, TWO[:1], 1, Step.INDUCT),
    (Stage.REFERENCED, TWO, 2, Step.INDUCT),
    (Stage.REFERENCED, TWO, 3, Step.REFERENCE),
    (Stage.REFERENCED, TWO, 1, Step.INDUCT),
    (Stage.INDUCTED, TWO, 2, Step.ADMIT),
    (Stage.INDUCTED, TWO, 5, Step.ADMIT),
    (Stage.ADMITTED, TWO, 2, None),
    (Stage.DECLINED, (), 2, None),
    (Stage.WITHDRAWN, (), 2, None),
]


@pytest.mark.parametrize(("stage", "referees", "needed", "step"), NEXT)
def test_an_application_has_exactly_one_next_step(stage, referees, needed, step):
    progress = Progress(stage, referees, needed)
    assert rules.next_step(progress) is step
    forward = (Step.INTERVIEW, Step.REFERENCE, Step.INDUCT, Step.ADMIT)
    assert {one for one in forward if rules.after(progress, one)} == ({step} if step else set())


@pytest.mark.parametrize(
    ("referees", "needed", "leads_to"),
    [
        ((), 1, Stage.REFERENCED),
        ((), 2, Stage.INTERVIEWED),
        (TWO[:1], 2, Stage.REFERENCED),
        (TWO, 4, Stage.INTERVIEWED),
    ],
)
def test_the_last_reference_that_is_needed_takes_it_on(referees, needed, leads_to):
    assert rules.after(Progress(Stage.INTERVIEWED, referees, needed), Step.REFERENCE) is leads_to


def test_the_same_referee_counts_once_however_the_name_is_written():
    progress = Progress(Stage.INTERVIEWED, ("Zoë Shaw", "zoe  shaw"), 2)
    assert progress.references_missing == 1
    assert rules.has_spoken(progress, "ZOE SHAW")
    assert not rules.has_spoken(progress, "Jean Shaw")


@pytest.mark.parametrize("step", [Step.DECLINE, Step.WITHDRAW])
@pytest.mark.parametrize("stage", Stage)
def test_an_application_can_end_as_long_as_it_is_open(stage, step):
    assert (rules.after(Progress(stage, (), 2), step) is not None) == (stage in OPEN_STAGES)


def test_final_stages_have_no_transition_and_every_stage_is_reachable():
    assert {start for start, _step in TRANSITIONS} == {None, *OPEN_STAGES}
    assert set(TRANSITIONS.values()) == set(Stage)


@pytest.mark.parametrize(
    ("applicant", "may"),
    [
        (ContactDetails("Sam Reid", "sam@example.org", None), True),
        (ContactDetails("Sam Reid", None, "+441632960321"), True),
        (ContactDetails("ROSA  Lindsay", None, "+441632960321"), False),
        (ContactDetails("Sam Reid", "rosa@example.org", None), False),
        (ContactDetails("Sam Reid", None, "+441632960444"), False),
    ],
)
def test_nobody_handles_their_own_application_or_that_of_their_household(applicant, may):
    assert rules.may_handle(actor(Role.BROKER), applicant, ROSA) is may


def test_two_without_an_e_mail_are_not_one_for_it():
    assert not rules.is_same(ContactDetails("Sam Reid", None, "1"), ContactDetails("Rosa Lindsay", None, "2"))


@pytest.mark.parametrize("roles", [{Role.MEMBER}, {Role.TRUSTEE}, {Role.AUDITOR}])
def test_only_brokers_and_coordinators_handle_applications(roles):
    applicant = ContactDetails("Sam Reid", None, "+441632960321")
    assert not rules.may_handle(actor(*roles), applicant, ROSA)
    assert not rules.may_handle(actor(Role.BROKER, standing=Standing.SUSPENDED), applicant, ROSA)


@pytest.mark.parametrize(
    ("hour", "day", "room"), [(0, 0, True), (59, 199, True), (60, 60, False), (0, 200, False), (500, 500, False)]
)
def test_the_site_takes_so_many_applications_and_no_more(hour, day, room):
    assert rules.has_room(hour, day) is room


def test_whoever_left_can_come_back_and_nobody_stands_still():
    assert STANDINGS[Standing.LEFT] == (Standing.ACTIVE,)
    assert all(start not in ends for start, ends in STANDINGS.items())
    assert set(STANDINGS) == set(Standing)


@pytest.mark.parametrize(
    ("by", "whose", "may"),
    [
        ({Role.BROKER}, {Role.MEMBER}, True),
        ({Role.COORDINATOR}, {Role.MEMBER}, True),
        ({Role.MEMBER}, {Role.MEMBER}, False),
        ({Role.TRUSTEE}, {Role.MEMBER}, False),
        ({Role.AUDITOR}, {Role.MEMBER}, False),
        ({Role.BROKER}, {Role.MEMBER, Role.BROKER}, False),
        ({Role.BROKER}, {Role.AUDITOR}, False),
        ({Role.COORDINATOR}, {Role.AUDITOR}, True),
        ({Role.COORDINATOR}, {Role.MEMBER, Role.COORDINATOR}, True),
    ],
)
def test_who_changes_whose_standing(by, whose, may):
    assert may_change_standing(actor(*by), actor(*whose, membership=2)) is may


def test_nobody_changes_their_own_standing_or_that_of_another_bank():
    assert not may_change_standing(actor(Role.COORDINATOR), actor(Role.MEMBER, membership=1))
    assert not may_change_standing(actor(Role.BROKER), actor(Role.MEMBER, membership=2, bank=2))


@pytest.mark.parametrize(
    ("standing", "may"), [(Standing.ACTIVE, True), (Standing.SUSPENDED, True), (Standing.LEFT, False)]
)
def test_a_suspended_member_still_reads_their_own_hours(standing, may):
    assert may_read_own_hours(actor(Role.MEMBER, standing=standing)) is may
    assert not may_read_own_hours(actor(Role.TRUSTEE, standing=standing))
