"""Two who change each other's rights at the same moment: the second is refused, so that somebody stays in charge."""

import pytest
from sqlalchemy import text

from tests.people import NOW
from tests.races import one_inside_the_other
from timebank.actors import Doing, Role, Standing
from timebank.approvals import roles as approvals
from timebank.approvals.errors import ProposerGoneError
from timebank.approvals.queries import list_waiting_roles
from timebank.banks import areas
from timebank.banks.queries import lock_bank
from timebank.errors import NotAllowedError
from timebank.leaving import actions
from timebank.leaving.rules import Departure
from timebank.members import roles
from timebank.members.actions import get_membership_by_code
from timebank.members.standing import change_standing
from timebank.signing_in import code_actions


def demoting(who, by):
    """The trustee says yes to what `by` has asked for."""

    def demote(session, village):
        name = getattr(village, who).name
        (change,) = [row for row in list_waiting_roles(session, village.angus.id) if row.name == name]
        assert change.proposed_by == getattr(village, by).membership_id
        approvals.approve(session, change.code, Doing(village.tom, NOW, f"demote-{who}"))

    return demote


def propose_to_end(session, village, role, who, by):
    member = getattr(village, who)
    membership = get_membership_by_code(session, village.angus.id, member.code)
    doing = Doing(getattr(village, by), NOW)
    approvals.set_roles(session, membership, member.roles - {role}, doing, before=member.roles)


def suspending(who, by):
    def suspend(session, village):
        doing = Doing(getattr(village, by), NOW, f"suspend-{who}")
        change_standing(session, getattr(village, who), Standing.SUSPENDED, doing, reason="A quarrel")

    return suspend


def coordinators(backend):
    with backend.session() as session:
        return session.scalar(
            text(
                "SELECT count(*) FROM membership_role r JOIN membership m ON m.bank_id = r.bank_id"
                " AND m.id = r.membership_id WHERE r.role = 'coordinator' AND m.standing = 'active'"
            )
        )


@pytest.mark.parametrize("first", [demoting, suspending])
@pytest.mark.parametrize("second", [demoting, suspending])
def test_of_two_coordinators_who_remove_each_other_one_stays(backend, village, first, second):
    with backend.session() as session:
        propose_to_end(session, village, Role.COORDINATOR, "clara", "mary")
        propose_to_end(session, village, Role.COORDINATOR, "mary", "clara")
        session.commit()
    answer = one_inside_the_other(backend, village, first("clara", "mary"), second("mary", "clara"))
    assert answer in {NotAllowedError, ProposerGoneError}
    assert coordinators(backend) == 1


def test_a_role_that_was_lost_a_moment_ago_is_of_no_use(session, village):
    """The actor was read before, with the role; what counts is what the database holds now."""
    clara = get_membership_by_code(session, village.angus.id, village.clara.code)
    roles.take(session, clara, Role.COORDINATOR, Doing(village.mary, NOW))
    with pytest.raises(NotAllowedError):
        propose_to_end(session, village, Role.BROKER, "rosa", "clara")
    with pytest.raises(NotAllowedError):
        suspending("rosa", "clara")(session, village)


def giving(role, who, by):
    def give(session, village):
        lock_bank(session, village.angus.id)
        membership = get_membership_by_code(session, village.angus.id, getattr(village, who).code)
        giver = getattr(village, by)
        roles.give(session, membership, role, Doing(giver, NOW), granted_by=giver.membership_id)

    return give


def leaving(who, by):
    def leave(session, village):
        departure = Departure(0, "Moves")
        doing = Doing(getattr(village, by), NOW, f"leave-{who}")
        actions.leave(session, village.angus, getattr(village, who), departure, doing)

    return leave


@pytest.mark.parametrize("second", [suspending, leaving])
def test_who_became_a_coordinator_a_moment_ago_is_not_sent_away_by_a_broker(backend, village, second):
    answer = one_inside_the_other(backend, village, giving(Role.COORDINATOR, "grace", "mary"), second("grace", "rosa"))
    assert answer is NotAllowedError


def test_a_suspension_does_not_wait_for_what_the_suspended_is_doing(backend, village):
    """The row of the trail points to the membership, and the bank's lock comes after it: that was a deadlock."""
    if backend.name == "sqlite":
        pytest.skip("one transaction writes at a time")

    def adding(session, village):
        areas.add_area(session, "Forfar", Doing(village.clara, NOW, "area"))

    assert one_inside_the_other(backend, village, suspending("clara", "mary"), adding) is None
    assert one_inside_the_other(backend, village, adding, suspending("rosa", "mary")) is None


def letting_in(who, by):
    def let_in(session, village):
        code_actions.make_code(session, getattr(village, who), Doing(getattr(village, by), NOW))

    return let_in


def test_who_becomes_a_keeper_at_this_moment_gets_no_code_of_one_person(backend, village):
    """It would open what the role opens: whoever gives a role and whoever makes a code wait for each other."""
    answer = one_inside_the_other(backend, village, giving(Role.BROKER, "grace", "mary"), letting_in("grace", "rosa"))
    assert answer is NotAllowedError
