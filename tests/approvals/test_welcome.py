"""Welcome hours of somebody whom one keeper alone took in, on both databases."""

import pytest
from sqlalchemy import delete

from tests.people import NOW, balance_of
from timebank.actors import Doing
from timebank.approvals import welcome
from timebank.approvals.errors import WelcomedAlreadyError
from timebank.banks.models import Bank
from timebank.errors import NotAllowedError
from timebank.joining import actions as joining
from timebank.joining.actions import NewApplication
from timebank.joining.rules import Agreed
from timebank.members.models import MembershipRole
from timebank.members.queries import find_actor_by_code


@pytest.fixture(autouse=True)
def generous(session, village):
    """Angus with its usual two welcome hours."""
    bank = session.get_one(Bank, village.angus.id)
    bank.welcome_minutes = 120
    return bank


ZOE = NewApplication("Zoë Reid", phone="+441632960321", is_adult=True, agreed=Agreed.PHONE)


def admit(session, village, *, by):
    """Take in whom Rosa has interviewed and shown around; return her as an actor."""
    session.get_one(Bank, village.angus.id).references_needed = 0
    code = joining.apply(session, village.angus, ZOE, Doing(village.rosa, NOW, "apply"))
    joining.interview(session, code, Doing(village.rosa, NOW, "interview"), words="Sings")
    joining.induct(session, code, Doing(village.rosa, NOW, "induct"), words="")
    member_code = joining.admit(session, code, Doing(getattr(village, by), NOW, "admit"))
    return find_actor_by_code(session, village.angus.id, member_code)


def test_what_two_keepers_did_needs_no_third(session, village):
    assert balance_of(session, admit(session, village, by="mary")) == 120


def test_one_keeper_alone_mints_no_welcome_hours(session, village):
    zoe = admit(session, village, by="rosa")
    assert balance_of(session, zoe) == 0
    assert welcome.waits(session, village.angus.id, zoe.code)
    with pytest.raises(NotAllowedError):
        welcome.give(session, session.get_one(Bank, village.angus.id), zoe.code, Doing(village.rosa, NOW))


@pytest.mark.parametrize("by", ["mary", "tom"])
def test_a_second_keeper_gives_them_once(session, village, by):
    zoe, second = admit(session, village, by="rosa"), getattr(village, by)
    for _time in range(2):
        welcome.give(session, session.get_one(Bank, village.angus.id), zoe.code, Doing(second, NOW, "welcome"))
    assert balance_of(session, zoe) == 120
    assert not welcome.waits(session, village.angus.id, zoe.code)
    with pytest.raises(WelcomedAlreadyError):
        welcome.give(session, session.get_one(Bank, village.angus.id), zoe.code, Doing(second, NOW, "another form"))


@pytest.mark.parametrize("by", ["ada", "audrey"])
def test_nobody_else_gives_them(session, village, by):
    zoe = admit(session, village, by="rosa")
    with pytest.raises(NotAllowedError):
        welcome.give(session, session.get_one(Bank, village.angus.id), zoe.code, Doing(getattr(village, by), NOW))


def test_where_the_bank_has_one_keeper_they_come_at_once(session, village):
    others = [actor.membership_id for actor in (village.mary, village.clara, village.tom)]
    session.execute(delete(MembershipRole).where(MembershipRole.membership_id.in_(others)))
    assert balance_of(session, admit(session, village, by="rosa")) == 120


def test_who_was_there_already_gets_none(session, village):
    with pytest.raises(WelcomedAlreadyError):
        welcome.give(session, session.get_one(Bank, village.angus.id), village.ada.code, Doing(village.mary, NOW))
