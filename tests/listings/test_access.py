"""Who may read, change and answer a listing: a table of the cast, on both databases."""

from datetime import timedelta

import pytest

from tests.people import NOW, TODAY
from tests.visible import HIDDEN, NOT_PERMITTED, VISIBLE, answer_of
from timebank.actors import Doing, Standing
from timebank.listings import access, actions
from timebank.listings.rules import Move
from timebank.members.standing import change_standing

#: For a listing of Ada's: who sees it while it is open, who sees it while it rests, who changes it, who answers it.
TABLE = {
    "ada": (VISIBLE, VISIBLE, VISIBLE, False),
    "grace": (VISIBLE, HIDDEN, NOT_PERMITTED, True),
    "rosa": (VISIBLE, VISIBLE, VISIBLE, True),
    "mary": (VISIBLE, VISIBLE, VISIBLE, True),
    "tom": (VISIBLE, HIDDEN, NOT_PERMITTED, False),
    "audrey": (VISIBLE, HIDDEN, NOT_PERMITTED, False),
    "perdita": (HIDDEN, HIDDEN, HIDDEN),
}
LONG_AFTER = TODAY + timedelta(days=365)


@pytest.mark.parametrize("who", TABLE)
def test_a_listing_is_opened_by_its_owner_by_brokers_and_by_who_can_find_it(session, village, list_it, who):
    code, actor = list_it(), getattr(village, who)
    seen = answer_of(access.get_visible, session, actor, code, TODAY)
    changed = answer_of(access.get_changeable, session, actor, code, TODAY)
    actions.move(session, village.angus, code, Move.PAUSE, Doing(village.ada, NOW, "pause"))
    assert (seen, answer_of(access.get_visible, session, actor, code, TODAY), changed) == TABLE[who][:3]


@pytest.mark.parametrize("who", [who for who in TABLE if who != "perdita"])
def test_a_listing_is_answered_by_another_who_exchanges(session, village, list_it, who):
    listing = access.get_visible(session, village.ada, list_it(), TODAY)
    assert access.may_answer(listing, getattr(village, who), TODAY) is TABLE[who][3]


def test_what_was_not_reviewed_in_time_is_neither_seen_nor_answered_by_others(session, village, list_it):
    code = list_it()
    assert answer_of(access.get_visible, session, village.grace, code, LONG_AFTER) == HIDDEN
    listing = access.get_visible(session, village.ada, code, LONG_AFTER)
    assert not access.may_answer(listing, village.grace, LONG_AFTER)


def test_what_a_suspended_member_offers_is_hidden(session, village, list_it):
    code = list_it()
    change_standing(session, village.ada, Standing.SUSPENDED, Doing(village.rosa, NOW), reason="Away")
    session.expire_all()
    assert answer_of(access.get_visible, session, village.grace, code, TODAY) == HIDDEN
    assert answer_of(access.get_visible, session, village.rosa, code, TODAY) == VISIBLE


@pytest.mark.parametrize("get", [access.get_changeable, access.get_visible])
def test_what_is_not_there_is_hidden_from_everybody(session, village, get):
    assert answer_of(get, session, village.mary, "K7M3Q2XZ", TODAY) == HIDDEN
