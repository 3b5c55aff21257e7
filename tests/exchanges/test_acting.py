"""A broker's hand: whom it acts for, what is kept of it, and where it has to stay out."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from tests.people import NOW, TODAY, balance_of, terms
from timebank.actors import Doing, Hand, How, Role, acting_for, may_act_for, may_broker, may_coordinate
from timebank.audit.checks import check_books
from timebank.exchanges import actions, reversals
from timebank.exchanges.errors import EvidenceMissingError, NotNowError, NotYoursError, OwnExchangeError
from timebank.exchanges.queries import find_exchange, list_steps
from timebank.exchanges.rules import State
from timebank.ledger.checks import Verdict
from timebank.ledger.errors import FloorReachedError
from timebank.members.models import Membership
from timebank.trail.queries import list_deeds


def hand_of(broker, member, how=How.PHONE, evidence=""):
    return acting_for(broker, member, how).with_evidence(evidence)


def record(session, village, said, *, by, slip=False, key="form"):
    return actions.record(session, village.angus, said, Doing(by, NOW, key), slip=slip)


def state_of(session, village, code):
    return State(find_exchange(session, village.angus.id, code).state)


def steps_of(session, village, code):
    found = find_exchange(session, village.angus.id, code)
    return list_steps(session, village.angus.id, found.id)


def books_are_right(session):
    return [one for one in check_books(session) if one.verdict is not Verdict.RIGHT] == []


def test_a_broker_records_for_a_member_who_rang_and_both_names_are_kept(session, village):
    by = hand_of(village.rosa, village.ada, evidence="  rang on Monday\n at 10 ")
    code = record(session, village, terms(village.ada, village.grace), by=by)
    (step,) = steps_of(session, village, code)
    assert (step.done_by, step.on_behalf_of) == (village.rosa.membership_id, village.ada.membership_id)
    assert (step.how, step.evidence) == ("phone", "rang on Monday at 10")
    (deed,) = list_deeds(session, village.angus.id, f"exchange:{code}")
    assert (deed.done_by, deed.on_behalf_of) == (village.rosa.membership_id, village.ada.membership_id)
    assert balance_of(session, village.ada) == 0


def test_a_broker_confirms_for_a_member_and_the_entry_names_both(session, village):
    code = record(session, village, terms(village.ada, village.grace), by=village.ada)
    actions.confirm(session, code, Doing(hand_of(village.rosa, village.grace, How.PAPER), NOW))
    assert (balance_of(session, village.ada), balance_of(session, village.grace)) == (60, -60)
    row = session.execute(text("SELECT recorded_by, on_behalf_of FROM entry")).one()
    assert tuple(row) == (village.rosa.membership_id, village.grace.membership_id)
    assert books_are_right(session)


def test_the_side_is_the_members_so_a_hand_cannot_confirm_what_it_recorded(session, village):
    by = hand_of(village.rosa, village.ada)
    code = record(session, village, terms(village.ada, village.grace), by=by)
    with pytest.raises(NotYoursError):
        actions.confirm(session, code, Doing(by, NOW))
    session.rollback()


@pytest.mark.parametrize(
    ("first", "second"),
    [("", ""), ("rang on Monday", ""), ("", "rang on Tuesday"), ("   ", "rang on Tuesday")]
    + [("rang on Monday", unseen) for unseen in ("\u200b", "\u2060", "\u00ad", "\u200d", "\u3164")],
)
def test_one_broker_for_both_sides_needs_evidence_for_each(session, village, first, second):
    code = record(
        session, village, terms(village.ada, village.grace), by=hand_of(village.rosa, village.ada, evidence=first)
    )
    session.commit()
    with pytest.raises(EvidenceMissingError):
        actions.confirm(session, code, Doing(hand_of(village.rosa, village.grace, evidence=second), NOW))
    session.rollback()
    assert (state_of(session, village, code), balance_of(session, village.ada)) == (State.RECORDED, 0)


def test_one_broker_acts_for_both_sides_with_evidence_for_each(session, village):
    by = hand_of(village.rosa, village.ada, evidence="rang on Monday")
    code = record(session, village, terms(village.ada, village.grace), by=by)
    actions.confirm(session, code, Doing(hand_of(village.rosa, village.grace, evidence="rang on Tuesday"), NOW))
    assert balance_of(session, village.ada) == 60
    assert [step.evidence for step in steps_of(session, village, code)] == ["rang on Monday", "rang on Tuesday"]


def test_two_brokers_one_for_each_side_need_no_more_than_each_a_word(session, village):
    code = record(session, village, terms(village.ada, village.grace), by=hand_of(village.rosa, village.ada))
    actions.confirm(session, code, Doing(hand_of(village.clara, village.grace), NOW))
    assert balance_of(session, village.ada) == 60


def test_agreeing_in_a_dispute_for_the_other_side_needs_evidence_too(session, village):
    by = hand_of(village.rosa, village.ada)
    code = record(session, village, terms(village.ada, village.grace), by=by)
    actions.dispute(session, code, Doing(village.grace, NOW), words="Shorter", minutes=30)
    session.commit()
    with pytest.raises(NotNowError):  # the disputing side cannot agree to its own count
        actions.agree(session, code, Doing(hand_of(village.rosa, village.grace, evidence="rang"), NOW), minutes=30)
    session.rollback()
    with pytest.raises(EvidenceMissingError):
        actions.agree(session, code, Doing(hand_of(village.rosa, village.grace, evidence="rang"), NOW), minutes=60)
    session.rollback()
    actions.agree(session, code, Doing(hand_of(village.clara, village.grace), NOW), minutes=60)
    assert balance_of(session, village.ada) == 60


@pytest.mark.parametrize(("first", "second"), [("", "rang"), ("rang", "")])
def test_a_count_that_a_broker_named_for_one_side_is_agreed_to_for_the_other_only_with_evidence(
    session, village, first, second
):
    code = record(session, village, terms(village.ada, village.grace), by=village.ada)
    disputing = hand_of(village.rosa, village.grace, evidence=first)
    actions.dispute(session, code, Doing(disputing, NOW), words="It was all day", minutes=480)
    session.commit()
    with pytest.raises(EvidenceMissingError):
        actions.agree(session, code, Doing(hand_of(village.rosa, village.ada, evidence=second), NOW), minutes=480)
    session.rollback()
    assert (state_of(session, village, code), balance_of(session, village.ada)) == (State.DISPUTED, 0)


def test_a_slip_that_both_signed_confirms_at_once(session, village):
    by = hand_of(village.rosa, village.ada).with_evidence("slip 14, blue folder", slip=True)
    code = record(session, village, terms(village.ada, village.grace, minutes=50), by=by, slip=True)
    assert (state_of(session, village, code), balance_of(session, village.ada)) == (State.CONFIRMED, 60)
    told = [(step.deed, step.on_behalf_of, step.how, step.evidence) for step in steps_of(session, village, code)]
    assert told == [
        ("record", village.ada.membership_id, "slip", "slip 14, blue folder"),
        ("confirm", village.grace.membership_id, "slip", "slip 14, blue folder"),
    ]
    assert books_are_right(session)


def test_a_slip_sent_twice_moves_hours_once(session, village):
    by = hand_of(village.rosa, village.ada).with_evidence("slip 14", slip=True)
    said = terms(village.ada, village.grace)
    codes = {record(session, village, said, by=by, slip=True) for _ in range(2)}
    assert len(codes) == 1
    assert balance_of(session, village.ada) == 60


def test_a_slip_for_help_that_was_agreed_confirms_at_once_too(session, village):
    said = terms(village.ada, village.grace)
    code = actions.propose(session, village.angus, said, Doing(village.ada, NOW, "ask"))
    actions.accept(session, code, Doing(village.grace, NOW))
    by = hand_of(village.rosa, village.grace).with_evidence("slip 15", slip=True)
    actions.record_agreed(session, village.angus, code, Doing(by, NOW, "slip"), day=TODAY, minutes=45, slip=True)
    assert (state_of(session, village, code), balance_of(session, village.ada)) == (State.CONFIRMED, 45)


def test_a_slip_without_anything_to_show_is_no_slip(session, village):
    by = hand_of(village.rosa, village.ada).with_evidence("  ", slip=True)
    with pytest.raises(EvidenceMissingError):
        record(session, village, terms(village.ada, village.grace), by=by, slip=True)
    session.rollback()
    assert session.execute(text("SELECT count(*) FROM exchange")).scalar_one() == 0


def test_only_a_broker_holds_a_slip(session, village):
    with pytest.raises(NotYoursError):
        record(session, village, terms(village.ada, village.grace), by=village.ada, slip=True)
    session.rollback()


def test_a_slip_cannot_break_the_receivers_floor(session, village):
    by = hand_of(village.rosa, village.ada).with_evidence("slip 16", slip=True)
    with pytest.raises(FloorReachedError):
        record(session, village, terms(village.ada, village.grace, minutes=1215), by=by, slip=True)
    session.rollback()


@pytest.mark.parametrize("rosa_is", ["giver", "receiver"])
def test_nobody_acts_for_the_other_side_of_their_own_exchange(session, village, rosa_is):
    sides = (village.rosa, village.grace) if rosa_is == "giver" else (village.grace, village.rosa)
    said = terms(*sides)
    with pytest.raises(OwnExchangeError):
        record(session, village, said, by=hand_of(village.rosa, village.grace, evidence="rang"))
    session.rollback()
    code = record(session, village, said, by=village.rosa)
    session.commit()
    by = hand_of(village.rosa, village.grace, evidence="rang")
    for deed in (actions.confirm, actions.cancel):
        with pytest.raises(OwnExchangeError):
            deed(session, code, Doing(by, NOW))
        session.rollback()
    with pytest.raises(OwnExchangeError):
        actions.dispute(session, code, Doing(by, NOW), words="no", minutes=None)
    session.rollback()
    actions.dispute(session, code, Doing(village.grace, NOW), words="Shorter", minutes=30)
    with pytest.raises(OwnExchangeError):
        actions.agree(session, code, Doing(by, NOW), minutes=60)
    session.rollback()


def test_who_acted_for_a_side_does_not_decide_its_dispute(session, village):
    code = record(session, village, terms(village.ada, village.grace), by=hand_of(village.rosa, village.ada))
    actions.dispute(session, code, Doing(village.grace, NOW), words="Shorter", minutes=30)
    session.commit()
    with pytest.raises(NotYoursError):
        actions.decide(session, code, Doing(village.rosa, NOW), minutes=45, reason="Rang both")
    session.rollback()
    actions.decide(session, code, Doing(village.clara, NOW), minutes=45, reason="Rang both")
    assert balance_of(session, village.ada) == 45


def test_who_acted_for_a_side_does_not_approve_that_it_is_taken_back(session, village):
    code = record(session, village, terms(village.ada, village.grace), by=hand_of(village.clara, village.ada))
    actions.confirm(session, code, Doing(village.grace, NOW))
    reversal = reversals.propose(session, code, Doing(village.mary, NOW), reason="Twice")
    session.commit()
    for deed in (reversals.approve, reversals.refuse):
        arguments = (session, village.angus, reversal) if deed is reversals.approve else (session, reversal)
        with pytest.raises(NotYoursError):
            deed(*arguments, Doing(village.clara, NOW))
        session.rollback()
    reversals.approve(session, village.angus, reversal, Doing(village.tom, NOW))
    assert balance_of(session, village.ada) == 0


def test_a_hand_does_not_agree_that_hours_go_back_so_nobody_approves_their_own(session, village):
    code = record(session, village, terms(village.ada, village.grace), by=village.ada)
    actions.confirm(session, code, Doing(village.grace, NOW))
    reversal = reversals.propose(session, code, Doing(village.mary, NOW), reason="Twice")
    session.commit()
    for side in (village.ada, village.grace):
        with pytest.raises(NotYoursError):
            reversals.agree(session, village.angus, reversal, Doing(hand_of(village.mary, side, evidence="rang"), NOW))
        session.rollback()
    assert balance_of(session, village.ada) == 60


def test_a_member_who_is_a_coordinator_lends_no_rights_to_the_hand_that_acts_for_them(village):
    acted = hand_of(village.rosa, village.mary)
    assert acted.roles == frozenset({Role.MEMBER})
    assert not may_broker(acted)
    assert not may_coordinate(acted)


@pytest.mark.parametrize(
    ("who", "whom", "may"),
    [
        ("rosa", "ada", True),
        ("mary", "rosa", True),
        ("rosa", "rosa", False),
        ("ada", "grace", False),
        ("tom", "ada", False),
        ("audrey", "ada", False),
        ("rosa", "tom", False),
    ],
)
def test_brokers_act_for_any_other_member_who_exchanges(village, who, whom, may):
    assert may_act_for(getattr(village, who), getattr(village, whom)) is may


def test_a_hand_does_not_act_through_another_hand(village):
    twice = replace(village.rosa, hand=Hand(1, 2, "Clara", "CODE", How.PHONE))
    assert not may_act_for(twice, village.ada)


def test_nobody_acts_for_somebody_who_is_suspended(session, village):
    session.get_one(Membership, (village.angus.id, village.ada.membership_id)).standing = "suspended"
    session.flush()
    with pytest.raises(NotYoursError):
        record(
            session,
            village,
            terms(village.ada, village.grace),
            by=replace(hand_of(village.rosa, village.ada), standing="suspended"),
        )
    session.rollback()


def test_evidence_of_somebody_who_acts_for_themselves_is_of_no_account(village):
    assert village.ada.with_evidence("rang", slip=True) == village.ada
