"""Codes by text on their way: what they say, when they go out, how many, and to whom they go no more."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.people import make_recorded
from tests.races import one_inside_the_other
from tests.worker.conftest import MORNING
from timebank.actors import Doing, Standing
from timebank.banks.models import Bank
from timebank.codes import spoken
from timebank.members.models import Person
from timebank.members.standing import change_standing
from timebank.notices.actions import choose
from timebank.notices.kinds import TEXTED_CODES, Topic
from timebank.notices.models import Delivery, Notice
from timebank.notices.rules import Choice, Often, Way
from timebank.notices.texts import MOST_GSM, fits
from timebank.signing_in.code_actions import use_code
from timebank.signing_in.errors import CodeDoesNotFitError
from timebank.signing_in.forgotten import ask_for_code
from timebank.signing_in.models import SignInCode
from timebank.signing_in.own_contacts import text_phone_code
from timebank.signing_in.rules import SENT_CODE_LIFE
from timebank.signing_in.sent_codes import code_of
from timebank.tasks.models import Task
from timebank.telling.incoming_texts import TextState, note_state, take_text
from timebank.telling.stopped import has_stopped
from timebank.worker.sending import send_what_is_due

MOBILE, OTHER_MOBILE = "+447400123456", "+447400654321"
NIGHT = MORNING.replace(hour=3)


@pytest.fixture
def change(backend, village):
    """`change(actor, **columns)` of a person; with None in place of an actor, of the bank."""

    def write(actor, **columns):
        with backend.session() as session:
            row = session.get_one(Person, actor.person_id) if actor else session.get_one(Bank, village.angus.id)
            for name, value in columns.items():
                setattr(row, name, value)
            session.commit()

    return write


@pytest.fixture(autouse=True)
def _phone(change, village):
    """Grace has no e-mail, and a phone of her own, in a bank that sends a hundred texts in a month."""
    change(None, texts_a_month=100)
    village.angus.texts_a_month = 100
    change(village.grace, email=None, phone=MOBILE, phone_is_proved=True, phone_trusted_from=MORNING)


@pytest.fixture
def does(backend, watch):
    def do(act, *args, by=None, **more):
        with backend.session() as session:
            act(session, *args, **({"doing": Doing(by, watch.now)} if by else {"now": watch.now}), **more)
            session.commit()

    return do


@pytest.fixture
def ask(does, village):
    """Somebody asks for a code for Grace."""
    return lambda: does(ask_for_code, village.angus, str(village.grace.number))


def posted(gateway):
    return [(text["to"], text["text"]) for text in (json.loads(body) for _headers, body in gateway.posted)]


def list_codes(backend, contact=MOBILE):
    with backend.session() as session:
        ids = session.scalars(select(SignInCode.id).order_by(SignInCode.id))
        return [spoken(code_of(session, code_id, contact)) for code_id in ids]


def dropped(backend):
    with backend.session() as session:
        return list(session.scalars(select(Notice.dropped_because).where(Notice.kind.in_(TEXTED_CODES))))


def test_a_text_says_the_code_first_and_the_bank_and_nobodys_name(text_office, gateway, backend, ask):
    ask()
    assert send_what_is_due(text_office) == {"sent": 1}
    [code] = list_codes(backend)
    [(to, text)] = posted(gateway)
    assert to == MOBILE
    assert text == (
        f"{code} is your code to sign in at Angus Time Bank. It holds until 10:15. "
        "If you did not ask for it, do nothing."
    )
    assert fits(text)


def test_a_text_that_asks_whose_a_phone_is_says_so(text_office, gateway, backend, does, village):
    does(text_phone_code, village.angus, by=village.grace)
    send_what_is_due(text_office)
    [code] = list_codes(backend)
    [(to, text)] = posted(gateway)
    assert to == MOBILE
    assert text == (
        f"{code} is your code to show Angus Time Bank that this phone is yours. It holds until 10:15. "
        "If you did not ask for it, do nothing."
    )


@pytest.mark.parametrize("name", ["T" * 80, "Zeitbörse Łódź žluťoučký kůň", "時間銀行" * 15])
def test_the_code_stands_first_whatever_the_bank_is_called(
    text_office, gateway, backend, change, does, village, ask, name
):
    change(None, name=name)
    ask()
    does(text_phone_code, village.angus, by=village.grace)
    send_what_is_due(text_office)
    texts = [text for _to, text in posted(gateway)]
    assert sorted(text.partition(" ")[0] for text in texts) == sorted(list_codes(backend))
    assert all(fits(text) and len(text) <= MOST_GSM for text in texts)


def test_a_code_is_waited_for_at_night_and_nothing_else_is_sent_with_it(
    text_office, gateway, watch, change, does, village, ask, backend
):
    watch.now = NIGHT
    does(choose, {Topic.ABOUT_YOU: Choice(Way.TEXT, Often.AT_ONCE)}, by=village.grace)
    change(village.grace, phone_trusted_from=NIGHT)
    ask()
    does(change_standing, village.grace, Standing.SUSPENDED, by=village.rosa, reason="Rests")
    send_what_is_due(text_office)
    assert [text.partition(" ")[0] for _to, text in posted(gateway)] == list_codes(backend)
    watch.now = MORNING
    send_what_is_due(text_office)
    assert len(posted(gateway)) == 2


def test_each_code_is_in_a_text_of_its_own(text_office, gateway, backend, ask):
    ask()
    ask()
    send_what_is_due(text_office)
    assert sorted(text.partition(" ")[0] for _to, text in posted(gateway)) == sorted(list_codes(backend))
    assert len(posted(gateway)) == 2


def by_text(does, backend, village):
    does(choose, {Topic.ABOUT_YOU: Choice(Way.TEXT, Often.AT_ONCE)}, by=village.grace)
    with backend.session() as session:
        make_recorded(session, village, village.ada, village.grace)
        session.commit()


def test_codes_count_and_what_is_no_code_waits_for_the_next_month(
    text_office, gateway, backend, change, does, village, ask
):
    change(None, texts_a_month=1)
    ask()
    send_what_is_due(text_office)
    by_text(does, backend, village)
    send_what_is_due(text_office)
    assert len(posted(gateway)) == 1  # the notice went another way


def test_a_code_goes_on_after_the_months_number_and_ends_at_twice_it(
    text_office, gateway, backend, change, does, village, ask
):
    change(None, texts_a_month=1)
    by_text(does, backend, village)
    send_what_is_due(text_office)
    for number in (2, 2):
        ask()
        send_what_is_due(text_office)
        assert len(posted(gateway)) == number


def test_codes_that_were_made_before_the_number_was_reached_do_not_pass_its_double(
    text_office, gateway, backend, change, ask
):
    change(None, texts_a_month=1)
    for _time in range(3):
        ask()
    send_what_is_due(text_office)
    assert len(posted(gateway)) == 2
    assert dropped(backend).count("no_way") == 1


def test_stop_ends_codes_also_for_who_never_chose_texts(text_office, gateway, backend, ask, does):
    with backend.session() as session:
        take_text(session, MOBILE, "Stop", MORNING)
        session.commit()
    ask()
    send_what_is_due(text_office)
    assert posted(gateway) == []
    assert list_codes(backend) == []


def test_stop_between_asking_and_sending_is_heard(text_office, gateway, backend, does, watch, ask):
    gateway.answer = lambda _body: 500
    ask()
    send_what_is_due(text_office)
    with backend.session() as session:
        take_text(session, MOBILE, "STOP", watch.now)
        session.commit()
    gateway.answer = lambda _body: 200
    gateway.posted.clear()
    watch.pass_by(minutes=6)
    send_what_is_due(text_office)
    assert posted(gateway) == []


def test_stop_from_a_number_that_nobody_has_is_not_kept(backend):
    with backend.session() as session:
        take_text(session, OTHER_MOBILE, "STOP", MORNING)
        session.commit()
    with backend.session() as session:
        assert not has_stopped(session, OTHER_MOBILE)


@pytest.mark.parametrize("what_for", ["signing in", "whose the phone is"])
def test_a_code_does_not_follow_to_another_number(text_office, gateway, watch, change, does, village, ask, what_for):
    gateway.answer = lambda _body: 500
    if what_for == "signing in":
        ask()
    else:
        does(text_phone_code, village.angus, by=village.grace)
    send_what_is_due(text_office)
    assert len(posted(gateway)) == 1
    change(village.grace, phone=OTHER_MOBILE)
    gateway.posted.clear()
    gateway.answer = lambda _body: 200
    watch.pass_by(minutes=6)
    send_what_is_due(text_office)
    assert posted(gateway) == []


def test_what_came_too_late_for_a_gateway_that_was_away_is_not_sent(text_office, gateway, watch, ask):
    gateway.answer = lambda _body: 500
    ask()
    send_what_is_due(text_office)
    gateway.posted.clear()
    gateway.answer = lambda _body: 200
    watch.now += SENT_CODE_LIFE
    send_what_is_due(text_office)
    assert posted(gateway) == []


def test_a_code_that_was_not_delivered_is_rung_to_nobody(text_office, backend, ask):
    ask()
    send_what_is_due(text_office)
    with backend.session() as session:
        bank_id, delivery_id = session.execute(select(Delivery.bank_id, Delivery.id)).one()
        assert note_state(session, bank_id, delivery_id, TextState.PERMANENT_FAILURE, MORNING, has_mail=True)
        session.commit()
    with backend.session() as session:
        assert [row.way for row in session.scalars(select(Delivery))] == [Way.TEXT]
        assert session.scalars(select(Task.kind)).all() == []


def test_without_a_gateway_no_code_is_made(office, backend, ask):
    ask()
    send_what_is_due(office)
    assert list_codes(backend) == []


def test_of_two_who_use_a_code_at_once_one_comes_in(text_office, backend, village, ask):
    ask()
    send_what_is_due(text_office)
    [code] = list_codes(backend)

    def use(session, village):
        use_code(session, village.angus.id, code, now=MORNING + timedelta(minutes=1))

    assert one_inside_the_other(backend, village, use, use) is CodeDoesNotFitError
