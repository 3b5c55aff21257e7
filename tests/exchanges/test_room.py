"""How many proposals and drafts of one member there may be, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.people import NOW, TODAY, join, terms
from timebank.actors import Doing, How, acting_for
from timebank.exchanges import actions, drafts
from timebank.exchanges.drafts import Purpose
from timebank.exchanges.errors import TooManyAskedError, TooManyAskedOfOneError
from timebank.exchanges.models import Draft
from timebank.exchanges.rules import MOST_ASKED, MOST_ASKED_OF_ONE, MOST_DRAFTS, Side

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def propose(session, village):
    """`propose(giver, receiver)` is by the giver; gives the exchange's code."""

    def make(giver, receiver, *, by=None, key=None):
        return actions.propose(
            session, village.angus, terms(giver, receiver, day=TOMORROW), Doing(by or giver, NOW, key)
        )

    return make


def test_a_neighbour_is_asked_no_more_than_they_can_answer(session, village, propose):
    codes = [propose(village.ada, village.grace) for _number in range(MOST_ASKED_OF_ONE - 1)]
    actions.propose(session, village.angus, terms(village.grace, village.ada, day=TOMORROW), Doing(village.ada, NOW))
    with pytest.raises(TooManyAskedOfOneError) as caught:
        propose(village.ada, village.grace)
    assert caught.value.values == {"name": "Grace Okafor", "number": MOST_ASKED_OF_ONE}
    propose(village.ada, village.linus)
    propose(village.grace, village.ada)
    actions.decline(session, codes[0], Doing(village.grace, NOW))
    propose(village.ada, village.grace)


def test_a_member_asks_only_so_many_in_all(session, village, propose):
    neighbours = [join(session, village.angus, f"Neighbour{number} Low") for number in range(5)]
    for number in range(MOST_ASKED):
        propose(village.ada, neighbours[number % len(neighbours)])
    with pytest.raises(TooManyAskedError) as caught:
        propose(village.ada, village.grace)
    assert caught.value.values == {"number": MOST_ASKED}
    propose(village.linus, village.grace)


def test_what_a_broker_asks_for_a_member_counts_as_the_members(village, propose):
    by_phone = acting_for(village.rosa, village.ada, How.PHONE)
    for number in range(MOST_ASKED_OF_ONE):
        propose(village.ada, village.grace, by=by_phone if number % 2 else None)
    for who in (village.ada, by_phone):
        with pytest.raises(TooManyAskedOfOneError):
            propose(village.ada, village.grace, by=who)
    propose(village.rosa, village.grace)


def test_a_proposal_that_comes_again_gets_its_answer_though_there_is_no_room_left(village, propose):
    first = propose(village.ada, village.grace, key="first")
    for _number in range(MOST_ASKED_OF_ONE - 1):
        propose(village.ada, village.grace)
    assert propose(village.ada, village.grace, key="first") == first


def _start(session, actor, *, key=None, now=NOW):
    draft = drafts.start(session, actor, Purpose.RECORD, Side.GIVER, now=now, form_key=key)
    draft.other_account_id = actor.account_id
    return draft


def _begun(session, actor):
    return set(session.scalars(select(Draft.code).where(Draft.member_id == actor.membership_id)))


def test_a_form_that_comes_again_begins_no_second_draft(session, village):
    first = _start(session, village.ada, key="form")
    assert _start(session, village.ada, key="form", now=NOW + timedelta(days=1)).code == first.code
    others = {_start(session, village.ada, key="other").code, _start(session, village.grace, key="form").code}
    assert len({first.code, *others}) == 3
    assert len(_begun(session, village.ada)) == 2


def test_the_page_of_a_sent_draft_begins_another(session, village):
    first = _start(session, village.ada, key="form")
    first.sent_code, first.sent_by = "AAAAAAAA", village.ada.membership_id
    session.flush()
    codes = {_start(session, village.ada, key="form").code for _time in range(2)}
    assert first.code not in codes


def test_a_further_draft_replaces_the_oldest_of_the_member(session, village):
    graces = _start(session, village.grace)
    sent = _start(session, village.ada)
    sent.sent_code, sent.sent_by = "AAAAAAAA", village.ada.membership_id
    begun = [_start(session, village.ada, now=NOW + timedelta(minutes=n)).code for n in range(MOST_DRAFTS + 3)]
    assert _begun(session, village.ada) == {sent.code, *begun[3:]}
    assert _begun(session, village.grace) == {graces.code}
