"""One draft makes one exchange, whoever sends it: the member, or a broker who acts for them."""

import pytest
from sqlalchemy import func, select

from tests.people import NOW, TODAY
from tests.races import one_inside_the_other
from timebank.actors import Doing, How, acting_for
from timebank.exchanges import drafts
from timebank.exchanges.drafts import Purpose
from timebank.exchanges.models import Draft, Exchange
from timebank.exchanges.rules import Side
from timebank.trail.actions import OtherContentError


@pytest.fixture
def code(backend, village):
    """A whole draft of Ada's: she helped Grace for an hour; yields its code."""
    with backend.session() as session:
        draft = drafts.start(session, village.ada, Purpose.RECORD, Side.GIVER, now=NOW)
        draft.other_account_id, draft.what = village.grace.account_id, "Gardening"
        draft.day, draft.minutes = TODAY, 60
        session.commit()
        return draft.code


def sending(code, by_hand):
    def send(session, village):
        actor = acting_for(village.rosa, village.ada, How.PHONE) if by_hand else village.ada
        draft = session.get_one(Draft, (village.angus.id, code))
        return drafts.send(session, village.angus, draft, drafts.terms(draft, actor), Doing(actor, NOW))

    return send


@pytest.mark.parametrize("first", [True, False])
def test_a_draft_that_both_have_open_makes_one_exchange(session, village, code, first):
    exchange_code = sending(code, first)(session, village)
    assert sending(code, not first)(session, village) == exchange_code
    assert sending(code, first)(session, village) == exchange_code
    assert session.scalar(select(func.count()).select_from(Exchange)) == 1


@pytest.mark.parametrize("first", [True, False])
def test_a_draft_that_both_send_at_once_makes_one_exchange(backend, session, village, code, first):
    assert one_inside_the_other(backend, village, sending(code, first), sending(code, not first)) is None
    assert session.scalar(select(func.count()).select_from(Exchange)) == 1


def test_who_sends_it_again_with_other_answers_is_told(session, village, code):
    sending(code, by_hand=False)(session, village)
    session.get_one(Draft, (village.angus.id, code)).minutes = 90
    session.flush()
    with pytest.raises(OtherContentError):
        sending(code, by_hand=False)(session, village)
