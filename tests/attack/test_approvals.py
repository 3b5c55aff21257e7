"""Approvals that should not have gone through are found in the tables, and those that were right are let be."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.attack.approvals import find_wrong_approvals
from tests.people import NOW
from timebank.actors import Doing, Role
from timebank.approvals import roles as approvals
from timebank.approvals.queries import list_waiting_roles
from timebank.members import roles
from timebank.members.actions import get_membership_by_code
from timebank.members.queries import find_actor_by_code
from timebank.references import DeedName, Ref, Subject
from timebank.signing_in.code_actions import make_half
from timebank.trail import actions as trail


def _actor(session, village, who):
    return find_actor_by_code(session, village.angus.id, getattr(village, who).code)


def _make_trustee(session, village, who, *, by, now=NOW):
    membership = get_membership_by_code(session, village.angus.id, getattr(village, who).code)
    granted_by = None if by is None else getattr(village, by).membership_id
    roles.give(session, membership, Role.TRUSTEE, Doing(village.mary, now), granted_by=granted_by)


def _propose(session, village):
    linus = get_membership_by_code(session, village.angus.id, village.linus.code)
    wanted = village.linus.roles | {Role.AUDITOR}
    approvals.set_roles(session, linus, wanted, Doing(village.mary, NOW), before=village.linus.roles)
    (change,) = list_waiting_roles(session, village.angus.id)
    return change.code


def _approve_in_the_table(session, membership_id):
    """As a site would write it that asks no rule."""
    known = {"by": membership_id, "at": NOW.replace(tzinfo=None) if _is_sqlite(session) else NOW}
    session.execute(text("UPDATE role_change SET approved_by = :by, closed_at = :at"), known)


def _is_sqlite(session):
    return session.get_bind().dialect.name == "sqlite"


@pytest.mark.parametrize(
    ("made_by", "earlier", "is_wrong"),
    [
        ("mary", timedelta(days=1), True),
        ("mary", timedelta(days=89), True),
        ("mary", timedelta(days=91), False),
        ("clara", timedelta(days=1), False),
        (None, timedelta(days=1), False),
    ],
)
def test_an_approval_by_whom_the_proposer_made_a_trustee_is_found(session, village, made_by, earlier, is_wrong):
    _make_trustee(session, village, "ada", by=made_by, now=NOW - earlier)
    _propose(session, village)
    _approve_in_the_table(session, village.ada.membership_id)
    assert bool(find_wrong_approvals(session)) is is_wrong


def test_an_approval_by_who_became_dependent_later_is_right(session, village):
    _propose(session, village)
    _make_trustee(session, village, "ada", by="mary", now=NOW + timedelta(days=1))
    _approve_in_the_table(session, village.ada.membership_id)
    assert find_wrong_approvals(session) == []


def test_an_approval_by_another_keeper_is_right(session, village):
    approvals.approve(session, _propose(session, village), Doing(village.tom, NOW))
    assert find_wrong_approvals(session) == []


def test_a_second_half_by_who_depends_on_the_first_is_found(session, village):
    _make_trustee(session, village, "ada", by="mary", now=NOW - timedelta(days=1))
    make_half(session, village.rosa, Doing(village.mary, NOW))
    make_half(session, village.rosa, Doing(village.tom, NOW))
    assert find_wrong_approvals(session) == []
    session.execute(text("UPDATE sign_in_code SET completed_by = :by"), {"by": village.ada.membership_id})
    (wrong,) = find_wrong_approvals(session)
    assert wrong.startswith("a code")


@pytest.mark.parametrize(("who", "is_wrong"), [("rosa", True), ("ada", True), ("tom", False)])
def test_welcome_hours_by_who_took_them_in_or_depends_on_them_are_found(session, village, who, is_wrong):
    _make_trustee(session, village, "ada", by="rosa", now=NOW - timedelta(days=1))
    keeper = {"keeper": village.rosa.membership_id, "id": village.linus.membership_id}
    session.execute(text("UPDATE membership SET admitted_by = :keeper WHERE id = :id"), keeper)
    doing = Doing(_actor(session, village, who), NOW)
    trail.begin(session, doing, DeedName.MEMBER_WELCOMED, Ref(Subject.MEMBER, village.linus.code))
    assert bool(find_wrong_approvals(session)) is is_wrong
