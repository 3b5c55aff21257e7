"""Answers by text about recorded hours: whose, by which code, once, and never in somebody else's name."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.people import NOW, balance_of, join, make_recorded, show_phone_is_theirs
from timebank.actors import Doing, Standing
from timebank.audit.checks import check_books
from timebank.exchanges import actions
from timebank.exchanges.by_text import MOST_WRONG, code_for, take_answer
from timebank.exchanges.models import ExchangeStep
from timebank.exchanges.queries import find_exchange
from timebank.exchanges.rules import State
from timebank.ledger.checks import Verdict
from timebank.members.models import Person
from timebank.members.standing import change_standing
from timebank.notices.kinds import NoticeKind
from timebank.notices.models import Notice
from timebank.references import DeedName
from timebank.security.models import SecurityEvent
from timebank.telling.incoming_texts import MOST_LETTERS
from timebank.telling.stopped import note_stop
from timebank.trail.models import TrailRow

MOBILE, OTHER = "+447400123456", "+447400654321"


def number(session, actor, phone):
    show_phone_is_theirs(session, actor, phone)


@pytest.fixture
def recorded(session, village):
    """Ada recorded that she helped Grace, who is asked by text, in a bank that takes answers."""
    session.add(village.angus)
    village.angus.answers_by_text = True
    number(session, village.grace, MOBILE)
    return make_recorded(session, village, village.ada, village.grace, minutes=90)


def code(session, village, exchange, who=None):
    reader = who or village.grace
    found = find_exchange(session, village.angus.id, exchange)
    return code_for(session, village.angus, found, reader.membership_id, reader.person_id, NOW)


def state(session, village, exchange):
    session.expire_all()
    return find_exchange(session, village.angus.id, exchange).state


def check_all(session):
    session.flush()
    wrong = [result.findings for result in check_books(session) if result.verdict is Verdict.WRONG]
    assert wrong == []


def test_a_yes_moves_the_hours_as_the_members_act_by_text(session, village, recorded):
    assert take_answer(session, MOBILE, f"Y {code(session, village, recorded)}", NOW)
    assert state(session, village, recorded) == State.CONFIRMED
    assert (balance_of(session, village.ada), balance_of(session, village.grace)) == (90, -90)
    step = session.scalars(select(ExchangeStep).where(ExchangeStep.deed == "confirm")).one()
    assert (step.done_by, step.on_behalf_of, step.how) == (village.grace.membership_id, None, "text")
    row = session.scalars(select(TrailRow).where(TrailRow.deed == DeedName.EXCHANGE_CONFIRM_BY_TEXT)).one()
    assert (row.done_by, row.on_behalf_of) == (village.grace.membership_id, None)
    check_all(session)


def test_a_no_is_a_dispute_with_what_they_wrote_and_nothing_moves(session, village, recorded):
    assert take_answer(session, MOBILE, f"N {code(session, village, recorded)} it was one hour", NOW)
    assert state(session, village, recorded) == State.DISPUTED
    assert balance_of(session, village.ada) == 0
    step = session.scalars(select(ExchangeStep).where(ExchangeStep.deed == "dispute")).one()
    assert (step.done_by, step.how, step.words) == (village.grace.membership_id, "text", "it was one hour")
    assert session.scalars(select(TrailRow.deed).where(TrailRow.deed == DeedName.EXCHANGE_DISPUTE_BY_TEXT)).one()
    check_all(session)


@pytest.mark.parametrize("sign", ["\x00", "\ud800", "\u202e"])
def test_signs_that_are_no_text_and_no_end_of_it_are_not_kept(session, village, recorded, sign):
    assert take_answer(session, MOBILE, f"N {code(session, village, recorded)} one{sign} hour {'x' * 100_000}", NOW)
    session.flush()
    words = session.scalars(select(ExchangeStep.words).where(ExchangeStep.deed == "dispute")).one()
    assert words.startswith("one hour xxx")
    assert len(words) <= MOST_LETTERS


@pytest.mark.parametrize("said", ["Y", "N"])
def test_who_answered_is_told_so_that_nobody_answers_in_their_name_unseen(session, village, recorded, said):
    take_answer(session, MOBILE, f"{said} {code(session, village, recorded)}", NOW)
    told = session.scalars(select(Notice).where(Notice.kind == NoticeKind.ANSWERED_BY_TEXT)).one()
    assert told.member_id == village.grace.membership_id
    assert ('"is_yes": true' in told.facts) == (said == "Y")


def test_a_text_that_a_gateway_brings_twice_does_its_deed_once_and_asks_no_broker(session, village, recorded):
    text = f"Y {code(session, village, recorded)}"
    assert [take_answer(session, MOBILE, text, NOW) for _time in range(3)] == [True] * 3
    assert balance_of(session, village.ada) == 90
    assert len(session.scalars(select(ExchangeStep).where(ExchangeStep.deed == "confirm")).all()) == 1


@pytest.mark.parametrize(("first", "then"), [("Y", "N"), ("N", "Y")])
def test_another_answer_after_the_first_is_for_a_broker_to_read(session, village, recorded, first, then):
    fits = code(session, village, recorded)
    assert take_answer(session, MOBILE, f"{first} {fits}", NOW)
    before = state(session, village, recorded)
    assert not take_answer(session, MOBILE, f"{then} {fits}", NOW)
    assert state(session, village, recorded) == before


def test_each_exchange_has_a_code_of_its_own(session, village, recorded):
    other = make_recorded(session, village, village.linus, village.grace, minutes=30)
    assert code(session, village, recorded) != code(session, village, other)
    assert take_answer(session, MOBILE, f"Y {code(session, village, other)}", NOW)
    assert (state(session, village, recorded), state(session, village, other)) == (State.RECORDED, State.CONFIRMED)


def _bank_takes_none(session, village):
    village.angus.answers_by_text = False


def _shared(session, village):
    number(session, village.linus, MOBILE)


def _shared_with_who_is_in_another_bank(session, village):
    number(session, village.perdita, MOBILE)


def _moved_to_another(session, village):
    number(session, village.grace, OTHER)
    number(session, village.linus, MOBILE)


def _moved(session, village):
    number(session, village.grace, OTHER)


def _not_shown_to_be_theirs(session, village):
    session.get_one(Person, village.grace.person_id).phone_is_proved = False


def _not_known_for_long(session, village):
    session.get_one(Person, village.grace.person_id).phone_trusted_from = NOW + timedelta(minutes=1)


def _written_down_by_another(session, village):
    session.get_one(Person, village.grace.person_id).phone_trusted_from = None


def _stopped(session, _village):
    note_stop(session, MOBILE, NOW)


def _suspended(session, village):
    change_standing(session, village.grace, Standing.SUSPENDED, Doing(village.rosa, NOW, "suspend"), reason="A pause")


def _other_side_suspended(session, village):
    change_standing(session, village.ada, Standing.SUSPENDED, Doing(village.rosa, NOW, "suspend"), reason="A pause")


@pytest.mark.parametrize(
    "story",
    [
        _bank_takes_none,
        _shared,
        _shared_with_who_is_in_another_bank,
        _moved,
        _moved_to_another,
        _not_shown_to_be_theirs,
        _not_known_for_long,
        _written_down_by_another,
        _stopped,
        _suspended,
        _other_side_suspended,
    ],
)
def test_a_code_that_was_sent_before_is_worth_nothing_after(session, village, recorded, story):
    fits = code(session, village, recorded)
    story(session, village)
    session.flush()
    for phone in (MOBILE, OTHER):
        assert not take_answer(session, phone, f"Y {fits}", NOW)
    assert state(session, village, recorded) == State.RECORDED
    check_all(session)


@pytest.mark.parametrize(
    "story",
    [
        _bank_takes_none,
        _shared,
        _shared_with_who_is_in_another_bank,
        _not_shown_to_be_theirs,
        _not_known_for_long,
        _stopped,
    ],
)
def test_there_is_no_code_for_who_could_not_answer(session, village, recorded, story):
    story(session, village)
    session.flush()
    assert code(session, village, recorded) is None


def test_who_recorded_cannot_confirm_with_the_others_code_nor_get_one_that_works(session, village, recorded):
    number(session, village.ada, OTHER)
    assert not take_answer(session, OTHER, f"Y {code(session, village, recorded)}", NOW)
    assert not take_answer(session, OTHER, f"Y {code(session, village, recorded, village.ada)}", NOW)
    assert state(session, village, recorded) == State.RECORDED


def test_after_five_codes_that_fit_nothing_a_number_is_heard_no_more_for_a_day(session, village, recorded):
    fits = code(session, village, recorded)
    wrong = [f"{number:06}" for number in range(MOST_WRONG + 1) if f"{number:06}" != fits][:MOST_WRONG]
    for guess in wrong:
        assert not take_answer(session, MOBILE, f"Y {guess}", NOW)
    assert not take_answer(session, MOBILE, f"Y {fits}", NOW)
    assert state(session, village, recorded) == State.RECORDED
    events = session.scalars(select(SecurityEvent).where(SecurityEvent.kind == "text_answer_failed")).all()
    assert [event.person_id for event in events] == [village.grace.person_id] * MOST_WRONG
    assert MOBILE not in {event.before + event.after + event.device for event in events}
    assert take_answer(session, MOBILE, f"Y {fits}", NOW + timedelta(days=1, minutes=1))


def test_hours_beyond_the_floor_do_not_move_by_text_either(session, village):
    session.add(village.angus)
    village.angus.answers_by_text = True
    number(session, village.grace, MOBILE)
    exchange = make_recorded(session, village, village.ada, village.grace, minutes=1_440)
    assert not take_answer(session, MOBILE, f"Y {code(session, village, exchange)}", NOW)
    assert state(session, village, exchange) == State.RECORDED
    assert session.scalars(select(TrailRow).where(TrailRow.deed == DeedName.EXCHANGE_CONFIRM_BY_TEXT)).all() == []
    check_all(session)


def test_hours_that_have_waited_too_long_are_answered_by_a_broker(session, village, recorded):
    assert not take_answer(session, MOBILE, f"Y {code(session, village, recorded)}", NOW + timedelta(days=60, hours=1))


def test_a_member_of_two_banks_answers_in_the_right_one(session, village, recorded):
    fits = code(session, village, recorded)
    session.add(village.perth)
    village.perth.answers_by_text = True
    stranger = join(session, village.perth, "Wilma Ross")
    number(session, stranger, OTHER)
    assert not take_answer(session, OTHER, f"Y {fits}", NOW)
    assert take_answer(session, MOBILE, f"Y {fits}", NOW)


def test_what_was_taken_back_before_the_answer_stays_so(session, village, recorded):
    fits = code(session, village, recorded)
    actions.cancel(session, recorded, Doing(village.ada, NOW, "cancel"))
    assert not take_answer(session, MOBILE, f"Y {fits}", NOW)
    assert state(session, village, recorded) == State.CANCELLED
