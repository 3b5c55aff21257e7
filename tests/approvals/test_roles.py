"""Roles: a broker's at once, those that approve or audit with a second approver, on both databases."""

from datetime import timedelta

import pytest

from tests.people import NOW
from timebank.actors import Doing, Role, Standing
from timebank.approvals import roles
from timebank.approvals.errors import ProposerGoneError, RoleAnsweredError, RolesMovedError
from timebank.approvals.queries import find_role_change, list_refused_of, list_refused_to_tell, list_waiting_roles
from timebank.approvals.rules import REFUSAL_SHOWN
from timebank.errors import NotAllowedError
from timebank.members import roles as members
from timebank.members.actions import get_membership_by_code
from timebank.members.errors import StandingMovedError, WordsMissingError
from timebank.members.queries import find_actor_by_code
from timebank.members.standing import change_standing

M, B, C, T, A = Role.MEMBER, Role.BROKER, Role.COORDINATOR, Role.TRUSTEE, Role.AUDITOR


def propose(session, village, who, wanted, *, by="mary", before=None):
    member = getattr(village, who)
    membership = get_membership_by_code(session, member.bank_id, member.code)
    held = roles_of(session, village, who)
    doing = Doing(getattr(village, by), NOW)
    return roles.set_roles(session, membership, frozenset(wanted), doing, before=held if before is None else before)


def roles_of(session, village, who):
    return find_actor_by_code(session, village.angus.id, getattr(village, who).code).roles


def waiting(session, village):
    (row,) = list_waiting_roles(session, village.angus.id)
    return row.code


def test_a_broker_is_made_at_once(session, village):
    assert propose(session, village, "ada", {M, B}) == frozenset()
    assert roles_of(session, village, "ada") == {M, B}
    propose(session, village, "ada", {M})
    assert roles_of(session, village, "ada") == {M}


@pytest.mark.parametrize("role", [C, T, A])
def test_one_coordinator_makes_no_approver_alone(session, village, role):
    """With a second membership of her own she would approve her own proposals."""
    assert propose(session, village, "ada", {M, role}) == {role}
    assert roles_of(session, village, "ada") == {M}
    with pytest.raises(NotAllowedError):
        roles.approve(session, waiting(session, village), Doing(village.mary, NOW))


@pytest.mark.parametrize("by", ["tom", "clara"])
def test_another_approver_says_yes(session, village, by):
    propose(session, village, "ada", {M, T})
    code = waiting(session, village)
    roles.approve(session, code, Doing(getattr(village, by), NOW, "yes"))
    roles.approve(session, code, Doing(getattr(village, by), NOW, "yes"))
    assert roles_of(session, village, "ada") == {M, T}
    change = find_role_change(session, village.angus.id, code)
    assert (change.proposer, change.approved_by) == ("Mary Duncan", getattr(village, by).membership_id)
    with pytest.raises(RoleAnsweredError):
        roles.refuse(session, code, Doing(village.tom, NOW, "another form"), reason="Too early")


@pytest.mark.parametrize("by", ["ada", "rosa", "audrey", "mary"])
def test_nobody_else_says_yes(session, village, by):
    propose(session, village, "ada", {M, C})
    with pytest.raises(NotAllowedError):
        roles.approve(session, waiting(session, village), Doing(getattr(village, by), NOW))


def test_whose_role_it_is_does_not_answer(session, village):
    propose(session, village, "tom", {C, T})
    with pytest.raises(NotAllowedError):
        roles.approve(session, waiting(session, village), Doing(village.tom, NOW))


def test_a_role_is_taken_with_a_second_approver_too(session, village):
    """One coordinator would take the honest trustee's role otherwise."""
    assert propose(session, village, "tom", set()) == {T}
    assert roles_of(session, village, "tom") == {T}
    roles.approve(session, waiting(session, village), Doing(village.clara, NOW))
    assert roles_of(session, village, "tom") == frozenset()


def test_it_is_withdrawn_by_who_proposed_it(session, village):
    propose(session, village, "ada", {M, T})
    code = waiting(session, village)
    roles.withdraw(session, code, Doing(village.mary, NOW))
    assert list_waiting_roles(session, village.angus.id) == []
    assert list_refused_of(session, village.angus.id, village.ada.membership_id) == []
    with pytest.raises(RoleAnsweredError):
        roles.approve(session, code, Doing(village.clara, NOW))


@pytest.mark.parametrize("by", ["tom", "clara", "rosa"])
def test_nobody_else_withdraws_it(session, village, by):
    propose(session, village, "ada", {M, T})
    with pytest.raises(NotAllowedError):
        roles.withdraw(session, waiting(session, village), Doing(getattr(village, by), NOW))


def refused(session, village, *, by="tom", reason=" She is new here. "):
    """Ada is proposed by Mary and turned down; gives the code."""
    propose(session, village, "ada", {M, T})
    code = waiting(session, village)
    roles.refuse(session, code, Doing(getattr(village, by), NOW, "no"), reason=reason)
    return code


def test_it_is_turned_down_for_a_reason_that_stays(session, village):
    code = refused(session, village)
    roles.refuse(session, code, Doing(village.tom, NOW, "no"), reason=" She is new here. ")
    assert list_waiting_roles(session, village.angus.id) == []
    assert roles_of(session, village, "ada") == {M}
    (row,) = list_refused_of(session, village.angus.id, village.ada.membership_id)
    assert (row.code, row.refuser, row.refused_because) == (code, "Tom Ferrier", "She is new here.")
    with pytest.raises(RoleAnsweredError):
        roles.approve(session, code, Doing(village.clara, NOW))


@pytest.mark.parametrize("reason", ["", "  \n", "\u200b"])
def test_it_is_not_turned_down_without_a_word(session, village, reason):
    with pytest.raises(WordsMissingError):
        refused(session, village, reason=reason)
    assert list_waiting_roles(session, village.angus.id)


@pytest.mark.parametrize("by", ["rosa", "ada", "audrey", "mary"])
def test_who_may_not_answer_turns_nothing_down(session, village, by):
    """Who proposed it withdraws it, and needs no reason."""
    with pytest.raises(NotAllowedError):
        refused(session, village, by=by)


def to_tell(session, village, who, *, later=timedelta(0)):
    membership_id = getattr(village, who).membership_id
    return [row.code for row in list_refused_to_tell(session, village.angus.id, membership_id, now=NOW + later)]


def test_who_proposed_it_is_told_for_a_while(session, village):
    code = refused(session, village)
    assert to_tell(session, village, "mary") == [code]
    assert to_tell(session, village, "clara") == []
    assert to_tell(session, village, "mary", later=REFUSAL_SHOWN - timedelta(seconds=1)) == [code]
    assert to_tell(session, village, "mary", later=REFUSAL_SHOWN) == []


def test_who_proposed_it_puts_the_news_away(session, village):
    code = refused(session, village)
    for form in ("first", "second"):
        roles.acknowledge(session, code, Doing(village.mary, NOW, form))
    assert to_tell(session, village, "mary") == []
    assert list_refused_of(session, village.angus.id, village.ada.membership_id)


@pytest.mark.parametrize("by", ["clara", "tom"])
def test_nobody_puts_away_what_another_is_to_read(session, village, by):
    code = refused(session, village)
    with pytest.raises(NotAllowedError):
        roles.acknowledge(session, code, Doing(getattr(village, by), NOW))
    assert to_tell(session, village, "mary") == [code]


def test_what_waits_is_not_put_away(session, village):
    propose(session, village, "ada", {M, T})
    with pytest.raises(NotAllowedError):
        roles.acknowledge(session, waiting(session, village), Doing(village.mary, NOW))


def test_the_same_proposal_waits_once(session, village):
    propose(session, village, "ada", {M, T})
    assert propose(session, village, "ada", {M, T}, by="clara") == {T}
    assert len(list_waiting_roles(session, village.angus.id)) == 1


def test_the_last_coordinator_stays(session, village):
    propose(session, village, "clara", {M})
    propose(session, village, "mary", {M, B}, by="clara")
    first, second = (row.code for row in list_waiting_roles(session, village.angus.id))
    roles.approve(session, first, Doing(village.tom, NOW, "first"))
    with pytest.raises(ProposerGoneError):
        roles.approve(session, second, Doing(village.tom, NOW, "second"))


def test_an_old_page_takes_no_role_that_was_given_since(session, village):
    before = roles_of(session, village, "ada")
    propose(session, village, "ada", {M, B}, by="clara")
    with pytest.raises(RolesMovedError):
        propose(session, village, "ada", {M, A}, before=before)
    assert propose(session, village, "ada", {M, B}, before=before) == frozenset()


def test_a_role_given_meanwhile_by_the_command_line_is_given_once(session, village):
    propose(session, village, "ada", {M, T})
    membership = get_membership_by_code(session, village.angus.id, village.ada.code)
    members.give(session, membership, T, Doing(village.mary, NOW), granted_by=None)
    with pytest.raises(RoleAnsweredError):
        roles.approve(session, waiting(session, village), Doing(village.tom, NOW))


@pytest.mark.parametrize(("by", "whose"), [("rosa", "ada"), ("tom", "ada"), ("mary", "mary"), ("clara", "clara")])
def test_nobody_else_proposes_roles_and_nobody_their_own(session, village, by, whose):
    with pytest.raises(NotAllowedError):
        propose(session, village, whose, {T}, by=by)


def test_a_form_of_roles_sent_again_gives_nothing_again(session, village):
    membership = get_membership_by_code(session, village.angus.id, village.ada.code)
    form = Doing(village.mary, NOW, "the form")
    roles.set_roles(session, membership, frozenset({M, B}), form, before=frozenset({M}))
    propose(session, village, "ada", {M}, by="clara")
    assert roles.set_roles(session, membership, frozenset({M, B}), form, before=frozenset({M})) == frozenset()
    assert roles_of(session, village, "ada") == {M}


def test_what_somebody_asked_for_ends_with_their_role(session, village):
    propose(session, village, "ada", {M, T})
    code = waiting(session, village)
    mary = get_membership_by_code(session, village.angus.id, village.mary.code)
    members.take(session, mary, C, Doing(village.clara, NOW))
    with pytest.raises(ProposerGoneError):
        roles.approve(session, code, Doing(village.tom, NOW))


def test_a_proposal_for_the_contrary_takes_the_place_of_one_that_is_done(session, village):
    propose(session, village, "ada", {M, T})
    membership = get_membership_by_code(session, village.angus.id, village.ada.code)
    members.give(session, membership, T, Doing(village.mary, NOW), granted_by=None)
    assert propose(session, village, "ada", {M}) == {T}
    (row,) = list_waiting_roles(session, village.angus.id)
    assert not row.gives


def test_who_left_meanwhile_gets_no_role(session, village):
    propose(session, village, "ada", {M, T})
    change_standing(session, village.ada, Standing.LEFT, Doing(village.mary, NOW), reason="Moves")
    with pytest.raises(StandingMovedError):
        roles.approve(session, waiting(session, village), Doing(village.tom, NOW))
