"""Welcome hours of somebody whom one keeper alone took in, on both databases."""

import pytest
from sqlalchemy import delete

from tests.people import NOW, balance_of, join
from timebank.actors import Doing, Role, Standing
from timebank.approvals import welcome
from timebank.approvals.errors import WelcomedAlreadyError
from timebank.banks.models import Bank
from timebank.errors import NotAllowedError
from timebank.joining import actions as joining
from timebank.joining.actions import NewApplication
from timebank.joining.rules import Agreed
from timebank.members import roles
from timebank.members.actions import get_membership_by_code
from timebank.members.errors import StandingMovedError
from timebank.members.models import Membership, MembershipRole
from timebank.members.queries import find_actor_by_code
from timebank.members.standing import change_standing
from timebank.tasks.actions import finish
from timebank.tasks.queries import Shows, list_tasks


@pytest.fixture(autouse=True)
def generous(session, village):
    """Angus with its usual two welcome hours."""
    bank = session.get_one(Bank, village.angus.id)
    bank.welcome_minutes = 120
    return bank


ZOE = NewApplication("Zoë Reid", phone="+441632960321", is_adult=True, agreed=Agreed.PHONE)


def admit(session, village, *, by):
    """Take in whom Rosa has interviewed and shown around; return her as an actor."""
    return take_in(session, village, apply(session, village, by=village.rosa), by=getattr(village, by))


def apply(session, village, *, by):
    session.get_one(Bank, village.angus.id).references_needed = 0
    code = joining.apply(session, village.angus, ZOE, Doing(by, NOW, "apply"))
    joining.interview(session, code, Doing(by, NOW, "interview"), words="Sings")
    joining.induct(session, code, Doing(by, NOW, "induct"), words="")
    return code


def take_in(session, village, code, *, by):
    return find_actor_by_code(session, village.angus.id, joining.admit(session, code, Doing(by, NOW, "admit")))


def waits(session, actor):
    return session.get_one(Membership, (actor.bank_id, actor.membership_id)).welcome_waits


def test_what_two_keepers_did_needs_no_third(session, village):
    assert balance_of(session, admit(session, village, by="mary")) == 120


def test_one_keeper_alone_mints_no_welcome_hours(session, village):
    zoe = admit(session, village, by="rosa")
    assert balance_of(session, zoe) == 0
    assert waits(session, zoe)
    with pytest.raises(NotAllowedError):
        welcome.give(session, session.get_one(Bank, village.angus.id), zoe.code, Doing(village.rosa, NOW))


@pytest.mark.parametrize("by", ["mary", "tom"])
def test_a_second_keeper_gives_them_once(session, village, by):
    zoe, second = admit(session, village, by="rosa"), getattr(village, by)
    for _time in range(2):
        welcome.give(session, session.get_one(Bank, village.angus.id), zoe.code, Doing(second, NOW, "welcome"))
    assert balance_of(session, zoe) == 120
    assert not waits(session, zoe)
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


def puppet(session, village):
    """Somebody whom Mary took in and made a broker, which nobody else has to approve."""
    pat = join(session, village.angus, "Pat Jones", by=village.mary)
    membership = get_membership_by_code(session, village.angus.id, pat.code)
    roles.give(session, membership, Role.BROKER, Doing(village.mary, NOW), granted_by=village.mary.membership_id)
    return find_actor_by_code(session, village.angus.id, pat.code)


def test_one_coordinator_and_the_broker_she_made_are_one(session, village):
    """Whichever of the two takes somebody in, and whichever looks."""
    village.pat = puppet(session, village)
    code = apply(session, village, by=village.mary)
    zoe = take_in(session, village, code, by=village.pat)
    assert (balance_of(session, zoe), waits(session, zoe)) == (0, True)
    for second in (village.mary, village.pat):
        with pytest.raises(NotAllowedError):
            welcome.give(session, session.get_one(Bank, village.angus.id), zoe.code, Doing(second, NOW))


def test_a_task_that_is_done_takes_no_hours_away(session, village):
    zoe = admit(session, village, by="rosa")
    (task,) = list_tasks(session, village.angus.id, Shows.OPEN, membership_id=0).rows
    finish(session, task.code, Doing(village.rosa, NOW), note="Looked")
    welcome.give(session, session.get_one(Bank, village.angus.id), zoe.code, Doing(village.mary, NOW))
    assert balance_of(session, zoe) == 120


def test_who_left_meanwhile_gets_none_and_a_bank_without_welcome_hours_posts_none(session, village, generous):
    zoe = admit(session, village, by="rosa")
    generous.welcome_minutes = 0
    welcome.give(session, generous, zoe.code, Doing(village.mary, NOW, "none"))
    assert (balance_of(session, zoe), waits(session, zoe)) == (0, False)
    session.get_one(Membership, (zoe.bank_id, zoe.membership_id)).welcome_waits = True
    change_standing(session, zoe, Standing.SUSPENDED, Doing(village.mary, NOW), reason="A rest")
    with pytest.raises(StandingMovedError):
        welcome.give(session, generous, zoe.code, Doing(village.mary, NOW, "another"))


def test_a_coordinator_who_suspends_the_others_is_not_the_only_one(session, village):
    for other in (village.clara, village.tom, village.mary):
        session.get_one(Membership, (other.bank_id, other.membership_id)).standing = Standing.SUSPENDED
    session.flush()
    zoe = admit(session, village, by="rosa")
    assert (balance_of(session, zoe), waits(session, zoe)) == (0, True)
