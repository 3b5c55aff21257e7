"""Corrections move nothing before a second person approves, and then exactly once."""

import json
from datetime import timedelta

import pytest
from sqlalchemy.exc import NoResultFound

from tests.people import NOW, TODAY, make_recorded
from timebank.actors import Doing, How, acting_for
from timebank.audit.checks import check_books
from timebank.bookkeeping import closings
from timebank.bookkeeping.queries import find_entry_id, get_entry
from timebank.corrections.errors import (
    AnsweredError,
    CorrectionStandsError,
    NoLinesChosenError,
    SameAccountsError,
    TakenBackOnExchangeError,
)
from timebank.errors import FutureDayError, NotAllowedError, ReasonMissingError
from timebank.exchanges import actions as exchange_actions
from timebank.ledger.checks import Verdict
from timebank.ledger.entries import EntryKind, Line
from timebank.ledger.errors import (
    AccountClosedError,
    AlreadyReversedError,
    FloorReachedError,
    NotAMirrorError,
    NotMinutesError,
)
from timebank.trail.actions import OtherContentError
from timebank.trail.queries import list_doings

LATER = NOW + timedelta(hours=3)


def are_right(desk):
    with desk.backend.session() as session:
        wrong = [found for found in check_books(session) if found.verdict is Verdict.WRONG]
    assert not wrong, wrong
    return True


def waits(desk, code):
    return desk.ask("SELECT closed_at FROM correction WHERE code = :code", code=code) == [(None,)]


def test_an_adjustment_moves_nothing_until_it_is_approved(desk, village):
    code = desk.adjust()
    assert waits(desk, code)
    assert desk.balance(village.ada) == 0
    desk.approve(code, now=LATER)
    assert (desk.balance(village.ada), desk.balance(village.grace)) == (60, -60)
    assert not waits(desk, code)
    assert are_right(desk)


def test_no_posting_without_a_named_actor(desk, village):
    """The entry names who proposed and who approved, and the trail holds both deeds at their moments."""
    code = desk.adjust(day=TODAY - timedelta(days=3))
    desk.approve(code, now=LATER)
    rows = desk.ask("SELECT kind, key, deed, recorded_by, approved_by FROM entry")
    mary, tom = village.mary.membership_id, village.tom.membership_id
    assert rows == [("adjustment", f"adjustment:{code}", f"correction:{code}", mary, tom)]
    assert desk.ask("SELECT words FROM memo") == [("Counted twice",)]
    trail = desk.ask("SELECT deed, done_by FROM trail WHERE subject = :s ORDER BY id", s=f"correction:{code}")
    assert trail == [("correction.proposed", mary), ("correction.approved", tom)]
    with desk.backend.session() as session:
        (approved,) = list_doings(session, "correction.approved")
        entry = get_entry(session, village.angus.id, find_entry_id(session, village.angus.id, f"adjustment:{code}"))
    assert (approved.done_by, approved.done_at) == (entry.approved_by, entry.recorded_at) == (tom, LATER)


@pytest.mark.parametrize("name", ["ada", "rosa", "tom", "audrey"])
def test_only_a_coordinator_proposes(desk, village, name):
    with pytest.raises(NotAllowedError):
        desk.adjust(by=getattr(village, name))
    entry_id = desk.post(Line(desk.pot, village.ada.account_id, 60))
    with pytest.raises(NotAllowedError):
        desk.take_back(entry_id, by=getattr(village, name))
    assert desk.ask("SELECT count(*) FROM correction") == [(0,)]


def test_nobody_approves_their_own(desk, village):
    code = desk.adjust()
    with pytest.raises(NotAllowedError):
        desk.approve(code, by=village.mary)
    with pytest.raises(NotAllowedError):
        desk.refuse(code, by=village.mary)
    assert waits(desk, code)
    assert desk.ask("SELECT count(*) FROM entry") == [(0,)]


@pytest.mark.parametrize("name", ["ada", "grace", "linus", "rosa", "audrey", "perdita"])
def test_only_a_second_approver_answers(desk, village, name):
    code = desk.adjust()
    by = getattr(village, name)
    with pytest.raises((NotAllowedError, NoResultFound)):
        desk.approve(code, by=by)
    with pytest.raises((NotAllowedError, NoResultFound)):
        desk.refuse(code, by=by)
    assert waits(desk, code)


@pytest.mark.parametrize("side", ["from", "to"])
def test_nobody_approves_what_moves_their_own_account(desk, village, side):
    code = desk.adjust(village.clara, village.ada) if side == "from" else desk.adjust(village.ada, village.clara)
    with pytest.raises(NotAllowedError):
        desk.approve(code, by=village.clara)
    desk.approve(code, by=village.tom)
    assert abs(desk.balance(village.clara)) == 60


def test_a_brokers_hand_neither_proposes_nor_approves(desk, village):
    hand = acting_for(village.rosa, village.clara, How.PHONE)
    with pytest.raises(NotAllowedError):
        desk.adjust(by=hand)
    code = desk.adjust()
    with pytest.raises(NotAllowedError):
        desk.approve(code, by=hand)


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"reason": "  "}, ReasonMissingError),
        ({"day": TODAY + timedelta(days=1)}, FutureDayError),
        ({"minutes": 0}, NotMinutesError),
    ],
)
def test_an_impossible_adjustment_is_refused(desk, said, error):
    with pytest.raises(error):
        desk.adjust(**said)
    assert desk.ask("SELECT count(*) FROM correction") == [(0,)]


def test_hours_move_between_two_different_accounts(desk, village):
    with pytest.raises(SameAccountsError):
        desk.adjust(village.ada, village.ada)


def test_a_form_sent_twice_proposes_once(desk, village):
    assert desk.adjust(form_key="one") == desk.adjust(form_key="one")
    with pytest.raises(OtherContentError):
        desk.adjust(form_key="one", minutes=90)
    assert desk.ask("SELECT count(*) FROM correction") == [(1,)]
    assert desk.balance(village.ada) == 0


def test_approving_twice_posts_once(desk, village):
    code = desk.adjust()
    desk.approve(code, form_key="yes")
    desk.approve(code, form_key="yes")
    with pytest.raises(AnsweredError):
        desk.approve(code, by=village.clara)
    assert desk.balance(village.ada) == 60
    assert desk.ask("SELECT count(*) FROM entry") == [(1,)]


def test_a_floor_refuses_and_nothing_is_lost(desk, village):
    code = desk.adjust(minutes=1260)
    with pytest.raises(FloorReachedError):
        desk.approve(code)
    assert waits(desk, code)
    desk.post(Line(desk.pot, village.grace.account_id, 60))
    desk.approve(code)
    assert desk.balance(village.grace) == -1200


def test_a_closed_account_refuses_and_nothing_is_lost(desk, village):
    code = desk.adjust()
    with desk.backend.session() as session:
        by = village.mary.membership_id
        closings.close_account(session, village.angus.id, village.ada.account_id, reason="Left", by=by, now=NOW)
        session.commit()
    with pytest.raises(AccountClosedError):
        desk.approve(code)
    assert waits(desk, code)


def test_refusing_leaves_the_books_and_keeps_the_reason(desk, village):
    code = desk.adjust()
    with pytest.raises(ReasonMissingError):
        desk.refuse(code, reason=" ")
    desk.refuse(code, form_key="no")
    desk.refuse(code, form_key="no")
    rows = desk.ask("SELECT refused_by, refused_because, approved_by FROM correction")
    assert rows == [(village.tom.membership_id, "Ring her first", None)]
    with pytest.raises(AnsweredError):
        desk.approve(code, by=village.clara)
    assert desk.ask("SELECT count(*) FROM entry") == [(0,)]


def test_who_proposed_it_withdraws_it(desk, village):
    code = desk.adjust()
    with pytest.raises(NotAllowedError):
        desk.withdraw(code, by=village.clara)
    desk.withdraw(code)
    assert not waits(desk, code)
    with pytest.raises(AnsweredError):
        desk.approve(code)
    assert desk.balance(village.ada) == 0


def test_an_adjustment_beyond_a_soft_limit_asks_a_broker_to_talk(desk, village):
    desk.approve(desk.adjust(minutes=660))
    assert desk.ask("SELECT kind, subject FROM task") == [("below_soft_limit", f"member:{village.grace.code}")]


@pytest.fixture
def meal(desk, village):
    """Three lines in one gift: Ada and Grace give an hour each to Linus, and he half an hour to the pot."""
    ada, grace, linus = (one.account_id for one in (village.ada, village.grace, village.linus))
    return desk.post(Line(ada, linus, 60), Line(grace, linus, 60), Line(linus, desk.pot, 30))


def test_chosen_lines_go_back_and_the_others_stay(desk, village, meal):
    code = desk.take_back(meal, (2,))
    assert desk.balance(village.grace) == -60
    desk.approve(code, now=LATER)
    assert [desk.balance(one) for one in (village.ada, village.grace, village.linus)] == [-60, 0, 30]
    rows = desk.ask("SELECT key, deed, recorded_by, approved_by FROM entry WHERE reverses = :id", id=meal)
    mary, tom = village.mary.membership_id, village.tom.membership_id
    assert rows == [(f"reversal:{code}", "gift", mary, tom)]
    assert are_right(desk)


def test_lines_taken_back_already_are_not_taken_back_again(desk, village, meal):
    desk.approve(desk.take_back(meal, (2,)))
    with pytest.raises(AlreadyReversedError):
        desk.take_back(meal, (1, 2))
    desk.approve(desk.take_back(meal, (1, 3)))
    assert [desk.balance(one) for one in (village.ada, village.grace, village.linus)] == [0, 0, 0]


def test_a_line_waits_to_be_taken_back_only_once(desk, meal):
    desk.take_back(meal, (1, 2))
    with pytest.raises(CorrectionStandsError):
        desk.take_back(meal, (2, 3))
    desk.take_back(meal, (3,))


@pytest.mark.parametrize(
    ("numbers", "error"), [((), NoLinesChosenError), ((4,), NotAMirrorError), ((0,), NotAMirrorError)]
)
def test_a_reversal_names_lines_that_are_there(desk, meal, numbers, error):
    with pytest.raises(error):
        desk.take_back(meal, numbers)
    assert desk.ask("SELECT count(*) FROM correction") == [(0,)]


def test_a_reversal_is_not_taken_back_itself(desk, village, meal):
    desk.approve(desk.take_back(meal, (2,)))
    ((reversal,),) = desk.ask("SELECT id FROM entry WHERE reverses = :id", id=meal)
    with pytest.raises(NotAMirrorError):
        desk.take_back(reversal)


def test_who_holds_one_of_the_chosen_lines_accounts_does_not_approve(desk, village):
    clara, ada = village.clara.account_id, village.ada.account_id
    entry_id = desk.post(Line(desk.pot, clara, 60), Line(desk.pot, ada, 60))
    own = desk.take_back(entry_id, (1,))
    with pytest.raises(NotAllowedError):
        desk.approve(own, by=village.clara)
    desk.approve(desk.take_back(entry_id, (2,)), by=village.clara)
    assert (desk.balance(village.clara), desk.balance(village.ada)) == (60, 0)


@pytest.mark.parametrize("kind", [EntryKind.WELCOME, EntryKind.GRANT, EntryKind.LEAVING, EntryKind.OPENING])
def test_every_kind_but_exchanges_is_taken_back(desk, village, kind):
    entry_id = desk.post(Line(desk.pot, village.ada.account_id, 60), kind=kind, key=f"{kind}:K7M3Q2XZ", deed="x")
    desk.approve(desk.take_back(entry_id))
    assert desk.balance(village.ada) == 0


def test_an_adjustment_is_taken_back_too(desk, village):
    desk.approve(desk.adjust())
    ((entry_id,),) = desk.ask("SELECT id FROM entry")
    desk.approve(desk.take_back(entry_id), now=LATER)
    assert (desk.balance(village.ada), desk.balance(village.grace)) == (0, 0)
    assert are_right(desk)


def test_help_out_of_older_books_is_taken_back_by_its_line(desk, village):
    line = Line(village.grace.account_id, village.ada.account_id, 60)
    entry_id = desk.post(line, kind=EntryKind.EXCHANGE, key="history:7", deed="history:7")
    desk.approve(desk.take_back(entry_id))
    assert desk.balance(village.ada) == 0


def test_an_exchange_is_taken_back_on_its_own_page(desk, village):
    with desk.backend.session() as session:
        code = make_recorded(session, village, village.ada, village.grace)
        exchange_actions.confirm(session, code, Doing(village.grace, NOW))
        session.commit()
    ((entry_id,),) = desk.ask("SELECT id FROM entry")
    with pytest.raises(TakenBackOnExchangeError):
        desk.take_back(entry_id)


def test_hours_spent_meanwhile_are_taken_back_all_the_same(desk, village):
    entry_id = desk.post(Line(desk.pot, village.ada.account_id, 60))
    desk.post(Line(village.ada.account_id, village.grace.account_id, 1260), key="gift:AAAA2222")
    desk.approve(desk.take_back(entry_id))
    assert desk.balance(village.ada) == -1260
    assert are_right(desk)


def test_what_waits_is_kept_as_it_was_proposed(desk, village, meal):
    desk.take_back(meal, (3, 1))
    ((lines,),) = desk.ask("SELECT lines FROM correction")
    assert json.loads(lines) == [1, 3]
