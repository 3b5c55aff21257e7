"""On whom an approver depends for 90 days, on both databases: so one person does not answer herself as another."""

from datetime import timedelta

import pytest

from tests.people import NOW, join
from timebank.actors import Doing, Role
from timebank.corrections import actions as corrections
from timebank.corrections.actions import Adjustment
from timebank.errors import NotAllowedError
from timebank.members import roles
from timebank.members.actions import get_membership_by_code
from timebank.members.depending import list_depended_on
from timebank.members.queries import find_actor_by_code
from timebank.members.rules import DEPENDS_FOR
from timebank.signing_in import code_actions

TRUSTEE = frozenset({Role.TRUSTEE})


def depended_on(session, actor, *, now=NOW):
    return list_depended_on(session, actor, now=now)


def become_trustee(session, village, actor, *, granted_by):
    membership = get_membership_by_code(session, village.angus.id, actor.code)
    roles.give(session, membership, Role.TRUSTEE, Doing(village.tom, NOW), granted_by=granted_by)
    return find_actor_by_code(session, village.angus.id, actor.code)


def test_one_depends_on_who_gave_the_role(session, village):
    ada = become_trustee(session, village, village.ada, granted_by=village.mary.membership_id)
    assert depended_on(session, ada) == {village.mary.membership_id}
    assert depended_on(session, ada, now=NOW + DEPENDS_FOR) == frozenset()


def test_one_depends_on_who_took_one_in(session, village):
    puppet = join(session, village.angus, "Puppet Jones", by=village.mary)
    puppet = become_trustee(session, village, puppet, granted_by=village.clara.membership_id)
    assert depended_on(session, puppet) == {village.mary.membership_id, village.clara.membership_id}


def test_one_depends_on_who_let_one_in_with_a_code(session, village):
    code = code_actions.make_code(session, village.ada, Doing(village.rosa, NOW))
    assert depended_on(session, village.ada) == frozenset()
    code_actions.use_code(session, village.angus.id, code, now=NOW)
    assert depended_on(session, village.ada) == {village.rosa.membership_id}
    assert depended_on(session, village.ada, now=NOW + DEPENDS_FOR + timedelta(1)) == frozenset()


def test_whom_the_command_line_named_depends_on_nobody(session, village):
    assert depended_on(session, village.tom) == frozenset()
    named = become_trustee(session, village, join(session, village.angus, "Nan Reid", by=village.mary), granted_by=None)
    assert depended_on(session, named) == frozenset()


def test_a_coordinator_does_not_approve_as_whom_she_took_in(session, village):
    puppet = join(session, village.angus, "Puppet Jones", by=village.mary)
    puppet = become_trustee(session, village, puppet, granted_by=village.clara.membership_id)
    moved = Adjustment(village.grace.account_id, village.ada.account_id, 60, NOW.date(), "Counted twice")
    code = corrections.propose_adjustment(session, village.angus, moved, Doing(village.mary, NOW, "a"))
    for answer in (
        lambda: corrections.approve(session, village.angus, code, Doing(puppet, NOW, "b")),
        lambda: corrections.refuse(session, code, Doing(puppet, NOW, "c"), reason="No"),
    ):
        with pytest.raises(NotAllowedError):
            answer()
    later = NOW + DEPENDS_FOR + timedelta(1)
    corrections.approve(session, village.angus, code, Doing(puppet, later, "d"))
