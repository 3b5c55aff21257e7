"""Taking people in, roles and profiles, on both databases."""

import pytest

from tests.people import NOW, account_of
from timebank.actors import Doing, Standing
from timebank.banks.models import Bank
from timebank.bookkeeping.queries import get_account, get_account_of_kind
from timebank.errors import NotAllowedError
from timebank.ledger.accounts import AccountKind
from timebank.ledger.errors import FloorReachedError
from timebank.members import actions
from timebank.members.actions import NewMember
from timebank.members.errors import NoWayToReachError
from timebank.members.queries import find_actor, find_actor_by_code, list_members, search_members

ZOE = NewMember("Zoë Ångström", phone="+441632960555")


@pytest.fixture
def generous(session, village):
    """Angus with its usual two welcome hours."""
    bank = session.get_one(Bank, village.angus.id)
    bank.welcome_minutes = 120
    return bank


def test_a_newcomer_gets_welcome_hours_from_the_pot(session, village, generous):
    membership = actions.admit(session, generous, ZOE, Doing(village.rosa, NOW))
    zoe = find_actor_by_code(session, generous.id, membership.code)
    account = account_of(session, zoe)
    assert (account.balance, account.given, account.received, account.other) == (120, 0, 0, 120)
    pot = get_account(session, generous.id, get_account_of_kind(session, generous.id, AccountKind.POT))
    assert pot.balance == -120


def test_somebody_of_another_bank_stays_the_same_person(session, village, generous):
    """Their contact and password are the person's; words, number and account belong to each membership."""
    known = NewMember(
        "Perdita Shaw",
        email="perdita@example.org",
        about="I row.",
        person_id=village.perdita.person_id,
    )
    membership = actions.admit(session, generous, known, Doing(village.rosa, NOW))
    assert membership.person_id == village.perdita.person_id
    assert membership.account_id != village.perdita.account_id
    found = find_actor(session, generous.id, village.perdita.person_id)
    assert (found.code, found.standing) == (membership.code, Standing.ACTIVE)
    assert account_of(session, found).balance == 120
    assert account_of(session, village.perdita).balance == 0


def test_welcome_hours_end_where_the_pots_floor_is(session, village, generous):
    generous.welcome_minutes = 30_001
    with pytest.raises(FloorReachedError):
        actions.admit(session, generous, ZOE, Doing(village.rosa, NOW))


def test_a_phone_is_enough_and_nothing_is_not(session, village):
    assert actions.admit(session, village.angus, ZOE, Doing(village.rosa, NOW)).number == 109
    with pytest.raises(NoWayToReachError):
        actions.admit(session, village.angus, NewMember("Nobody"), Doing(village.rosa, NOW))


def test_two_people_may_share_an_email(session, village):
    for name in ("Ada Senior", "Ada Junior"):
        actions.admit(session, village.angus, NewMember(name, email="ada@example.org"), Doing(village.rosa, NOW))


@pytest.mark.parametrize("who", ["ada", "tom", "audrey"])
def test_only_a_broker_takes_people_in(session, village, who):
    with pytest.raises(NotAllowedError):
        actions.admit(session, village.angus, ZOE, Doing(getattr(village, who), NOW))


def test_the_same_form_twice_takes_in_one_person(session, village):
    first = actions.admit(session, village.angus, ZOE, Doing(village.rosa, NOW, "f"))
    again = actions.admit(session, village.angus, ZOE, Doing(village.rosa, NOW, "f"))
    assert first.code == again.code
    assert len(list_members(session, village.angus.id, "Zoe", 1).rows) == 1


@pytest.mark.parametrize("words", ["zoe", "ZOË", "angstrom", "Ang zo", "109", " 109 "])
def test_a_search_forgives_accents_case_and_order(session, village, words):
    actions.admit(session, village.angus, ZOE, Doing(village.rosa, NOW))
    assert [row.name for row in search_members(session, village.angus.id, words)] == ["Zoë Ångström"]


@pytest.mark.parametrize("typed", ["O'Neil", "o\u2019neil", "ONEIL", "O\u2018Neil", "o\u00b4neil", "łukasz", "Lukasz"])
def test_an_apostrophe_or_a_stroke_finds_a_name_whichever_keyboard_wrote_it(session, village, typed):
    actions.admit(session, village.angus, NewMember("Łukasz O'Neil", phone="+441632960555"), Doing(village.rosa, NOW))
    assert [row.name for row in search_members(session, village.angus.id, typed)] == ["Łukasz O'Neil"]


@pytest.mark.parametrize(("name", "typed"), [("محمّد بن علي", "محمد علی"), ("שָׂרָה כהן", "שרה")])
def test_names_written_from_the_right_hold_and_are_found(session, village, name, typed):
    actions.admit(session, village.angus, NewMember(name, phone="+441632960555"), Doing(village.rosa, NOW))
    assert [row.name for row in search_members(session, village.angus.id, typed)] == [name]


@pytest.mark.parametrize("words", ["%", "_", "'", '"', "\\", "zoe; DROP TABLE person", "99999999999999999999"])
def test_a_search_takes_any_words_for_words(session, village, words):
    assert search_members(session, village.angus.id, words) == []


def test_another_banks_members_are_not_found(session, village):
    assert search_members(session, village.angus.id, "Perdita") == []
    assert find_actor(session, village.angus.id, village.perdita.person_id) is None
