"""Notices by text message: from the deed to the gateway and back, on both databases."""

import json
import logging
import socket
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from sqlalchemy import select

from tests.people import make_recorded
from tests.races import one_inside_the_other
from tests.worker.conftest import MORNING
from timebank.actors import Doing, Standing
from timebank.banks.models import Bank
from timebank.codes import from_letters
from timebank.exchanges import actions
from timebank.members.models import Person
from timebank.members.standing import change_standing
from timebank.notices.actions import choose
from timebank.notices.kinds import Topic
from timebank.notices.models import Delivery, DeliveryState, NoticeChoice
from timebank.notices.outbox import claim
from timebank.notices.rules import Choice, Often, Way
from timebank.tasks.models import Task
from timebank.telling.incoming_texts import TextState, note_state, take_text
from timebank.variables import TEXTS_BODY
from timebank.worker import text_transports
from timebank.worker.gathering import Means, gather
from timebank.worker.office import Office
from timebank.worker.sending import send_what_is_due
from timebank.worker.text_transports import FolderTexts, HttpTexts

MOBILE, OTHER_MOBILE, LANDLINE = "+447400123456", "+447400654321", "+441382229111"
BY_TEXT = Choice(Way.TEXT, Often.AT_ONCE)


@pytest.fixture
def does(backend, village):
    def do(act, *args, by, at=MORNING, key=None, **more):
        with backend.session() as session:
            result = act(session, *args, Doing(by, at, key), **more)
            session.commit()
            return result

    return do


def set_up(backend, village, *, phone=MOBILE, most=100):
    with backend.session() as session:
        session.get_one(Bank, village.angus.id).texts_a_month = most
        session.get_one(Person, village.grace.person_id).phone = phone
        session.commit()


@pytest.fixture
def by_text(backend, village, does):
    """Grace is told by text, in a bank that sends a hundred in a month."""
    set_up(backend, village)
    does(choose, {Topic.ABOUT_YOU: BY_TEXT}, by=village.grace)


def record(backend, village, what="Mending a gate"):
    with backend.session() as session:
        code = make_recorded(session, village, village.ada, village.grace, what=what)
        session.commit()
    return code


@pytest.fixture
def recorded(backend, village, by_text):
    """The code of help that Ada recorded, and that Grace has to confirm."""
    return record(backend, village)


def posted(gateway):
    return [json.loads(body) for _headers, body in gateway.posted]


def states(backend):
    with backend.session() as session:
        query = select(Delivery.way, Delivery.state, Delivery.failure).order_by(Delivery.id)
        return [tuple(row) for row in session.execute(query)]


def tasks(backend):
    with backend.session() as session:
        return [tuple(row) for row in session.execute(select(Task.kind, Task.note).order_by(Task.id))]


def test_who_chose_texts_is_told_by_one_that_says_who_and_where_and_not_what(text_office, gateway, mail, recorded):
    assert send_what_is_due(text_office) == {"sent": 1}
    [text] = posted(gateway)
    assert text["to"] == MOBILE
    assert text["text"] == (
        "Angus Time Bank for Grace: Are these hours right? Ring 01632 960 001 or see 127.0.0.1:5000/angus"
    )
    assert gateway.posted[0][0]["Authorization"] == "Bearer a secret"
    assert mail.sent == []


def test_a_form_is_filled_too_and_nothing_in_a_text_leaves_its_place(gateway):
    texts = HttpTexts(gateway.url, "number={to}&message={text}&id={ref}&from=Angus", "")
    texts.send(MOBILE, 'a&id=9 {to} "ü"', "R-1")
    headers, body = gateway.posted[0]
    assert parse_qs(body) == {
        "number": [MOBILE],
        "message": ['a&id=9 {to} "ü"'],
        "id": ["R-1"],
        "from": ["Angus"],
    }
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert "Authorization" not in headers


def test_json_holds_quotes_and_line_ends(gateway):
    HttpTexts(gateway.url, TEXTS_BODY, "").send(MOBILE, 'He said "yes"\n{ref}', "R-1")
    assert posted(gateway) == [{"to": MOBILE, "text": 'He said "yes"\n{ref}', "ref": "R-1"}]


def test_several_notices_are_one_text(text_office, gateway, backend, village, recorded):
    record(backend, village, what="A lift to town")
    assert send_what_is_due(text_office) == {"sent": 1}
    assert "2 things for you to read." in posted(gateway)[0]["text"]


def test_what_was_answered_meanwhile_is_not_sent(text_office, gateway, watch, does, village, backend, recorded):
    watch.now = MORNING.replace(hour=7)  # nobody is woken
    assert send_what_is_due(text_office) == {}
    does(actions.confirm, recorded, by=village.grace)
    watch.now = MORNING
    send_what_is_due(text_office)
    assert gateway.posted == []


@pytest.mark.parametrize(("phone", "most"), [(LANDLINE, 100), (MOBILE, 0), (None, 100)])
def test_who_no_text_reaches_gets_an_e_mail(text_office, gateway, mail, backend, village, does, phone, most):
    set_up(backend, village, phone=phone, most=most)
    does(choose, {Topic.ABOUT_YOU: BY_TEXT}, by=village.grace)
    record(backend, village)
    assert send_what_is_due(text_office) == {"sent": 1}
    assert gateway.posted == []
    assert [to for to, _message in mail.sent] == ["grace@example.org"]


def test_a_site_without_a_gateway_tells_by_e_mail(office, mail, recorded):
    assert send_what_is_due(office) == {"sent": 1}
    assert [to for to, _message in mail.sent] == ["grace@example.org"]


def test_over_the_months_number_another_way_is_taken_until_the_next_month(
    text_office, gateway, mail, watch, backend, village, does
):
    set_up(backend, village, most=1)
    does(choose, {Topic.ABOUT_YOU: BY_TEXT}, by=village.grace)
    for number in range(2):
        record(backend, village, what=f"Mending gate {number}")
        assert send_what_is_due(text_office) == {"sent": 1}
    assert (len(gateway.posted), len(mail.sent)) == (1, 1)
    watch.now += timedelta(days=11)  # 2 December
    with backend.session() as session:
        terms_of = make_recorded(session, village, village.linus, village.grace, what="Later")
        session.commit()
    assert terms_of
    assert send_what_is_due(text_office) == {"sent": 1}
    assert len(gateway.posted) == 2


@pytest.mark.parametrize(
    ("status", "ended", "left"),
    [
        (201, "sent", [("text", DeliveryState.SENT, None)]),
        (400, "refused", [("text", DeliveryState.FAILED, "recipient"), ("email", DeliveryState.SENT, None)]),
        (401, "away", [("text", DeliveryState.READY, "sign_in")]),
        (429, "away", [("text", DeliveryState.READY, "connection")]),
        (500, "away", [("text", DeliveryState.READY, "connection")]),
        (307, "away", [("text", DeliveryState.READY, "connection")]),
    ],
)
def test_what_a_gateway_answers_decides_what_comes_next(
    text_office, gateway, mail, backend, recorded, status, ended, left
):
    gateway.answer = lambda _body: status
    assert send_what_is_due(text_office)[ended] == 1
    assert len(gateway.posted) == 1
    send_what_is_due(text_office)  # what goes by e-mail instead
    assert states(backend) == left


def test_a_gateway_that_does_not_answer_is_asked_once_more_with_the_same_reference(
    text_office, gateway, backend, watch, recorded, monkeypatch
):
    monkeypatch.setattr(text_transports, "TIMEOUT", 0.2)
    gateway.answer = lambda _body: -0.6
    assert send_what_is_due(text_office) == {"away": 1}
    watch.pass_by(minutes=2)
    assert send_what_is_due(text_office) == {"sent": 1}
    assert len({text["ref"] for text in posted(gateway)}) == 1


def test_a_gateway_behind_a_wall_has_sent_nothing(office, backend, recorded, monkeypatch):
    """It takes the connection and never says anything of TLS: what was not posted is not taken for sent."""
    monkeypatch.setattr(text_transports, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        texts = HttpTexts(f"https://127.0.0.1:{silent.getsockname()[1]}/", TEXTS_BODY, "a secret")
        behind = Office(office.settings, office.engine, office.app, office.transport, office.watch, texts)
        assert send_what_is_due(behind) == {"away": 1}
    assert states(backend) == [("text", DeliveryState.READY, "connection")]


def test_a_gateway_that_is_not_there_keeps_no_e_mail_back(office, mail, backend, village, does, recorded, caplog):
    texts = HttpTexts("http://127.0.0.1:9/", TEXTS_BODY, "a secret")
    away = Office(office.settings, office.engine, office.app, office.transport, office.watch, texts)
    with backend.session() as session:
        make_recorded(session, village, village.ada, village.linus)
        session.commit()
    with caplog.at_level(logging.DEBUG):
        assert send_what_is_due(away) == {"sent": 1, "away": 1}
    assert [to for to, _message in mail.sent] == ["linus@example.org"]
    for secret in (MOBILE, "a secret", "Grace"):
        assert secret not in caplog.text


def test_a_text_whose_worker_was_killed_is_sent_again_with_the_same_reference(
    text_office, gateway, backend, watch, recorded
):
    send_what_is_due(text_office)
    with backend.session() as session:
        delivery = session.scalars(select(Delivery)).one()
        delivery.state, delivery.claimed_until, delivery.ended_at = DeliveryState.SENDING, watch(), None
        session.commit()
    watch.pass_by(minutes=1)
    assert send_what_is_due(text_office) == {"sent": 1}
    assert len(gateway.posted) == 2
    assert len({text["ref"] for text in posted(gateway)}) == 1


def test_an_e_mail_is_claimed_by_nobody_who_sends_texts(office, backend, watch, by_text, recorded):
    office.transport = None
    with backend.session() as session:
        assert claim(session, watch(), 10, way=Way.TEXT) == []


def of_delivery(gateway):
    delivery, _dash, bank = posted(gateway)[0]["ref"].partition("-")
    return from_letters(bank), from_letters(delivery)


def note(backend, gateway, state):
    with backend.session() as session:
        is_news = note_state(session, *of_delivery(gateway), state, MORNING, has_mail=True)
        session.commit()
        return is_news


def test_a_text_that_did_not_arrive_is_told_by_another_way_once(text_office, gateway, mail, backend, recorded):
    send_what_is_due(text_office)
    assert not note(backend, gateway, TextState.DELIVERED)
    assert note(backend, gateway, TextState.PERMANENT_FAILURE)
    assert not note(backend, gateway, TextState.TEMPORARY_FAILURE)
    assert send_what_is_due(text_office) == {"sent": 1}
    assert states(backend) == [
        ("text", DeliveryState.FAILED, "not_delivered"),
        ("email", DeliveryState.SENT, None),
    ]


def test_the_state_of_an_e_mail_or_of_nothing_changes_nothing(office, backend, village, recorded):
    send_what_is_due(office)
    with backend.session() as session:
        [delivery] = session.scalars(select(Delivery))
        assert delivery.way == Way.EMAIL
        assert not note_state(
            session, village.angus.id, delivery.id, TextState.PERMANENT_FAILURE, MORNING, has_mail=True
        )
        assert not note_state(session, village.perth.id, 7, TextState.PERMANENT_FAILURE, MORNING, has_mail=True)


def send_in(backend, content, phone=MOBILE):
    with backend.session() as session:
        number = take_text(session, phone, content, MORNING)
        session.commit()
        return number


@pytest.mark.parametrize("word", ["STOP", "stop", " Stop. ", "Unsubscribe", "stop all", "STOP!"])
def test_stop_ends_the_texts_and_the_next_notice_goes_by_e_mail(
    text_office, gateway, mail, backend, village, by_text, word
):
    assert send_in(backend, word) == 1
    assert send_in(backend, word) == 0
    record(backend, village)
    send_what_is_due(text_office)
    assert gateway.posted == []
    assert len(mail.sent) == 1
    with backend.session() as session:
        assert [row.way for row in session.scalars(select(NoticeChoice))] == [Way.EMAIL]
    assert tasks(backend) == []


def test_stop_ends_them_for_everybody_with_this_number_and_for_nobody_else(backend, village, does, by_text):
    with backend.session() as session:
        session.get_one(Person, village.linus.person_id).phone = MOBILE
        session.get_one(Person, village.ada.person_id).phone = OTHER_MOBILE
        session.commit()
    for actor in (village.linus, village.ada):
        does(choose, {Topic.ABOUT_YOU: BY_TEXT}, by=actor)
    assert send_in(backend, "STOP") == 2
    with backend.session() as session:
        query = select(NoticeChoice.member_id).where(NoticeChoice.way == Way.TEXT)
        assert session.scalars(query).all() == [village.ada.membership_id]


def test_what_else_a_text_says_is_a_task_and_moves_nothing(backend, village, by_text, recorded):
    before = states(backend)
    assert send_in(backend, "Yes that is right, thank you \u202eda") == 1
    assert send_in(backend, "Yes that is right, thank you \u202eda") == 1
    assert tasks(backend) == [("text_came", "Yes that is right, thank you da")]
    assert states(backend) == before


def test_a_flood_of_texts_fills_no_list(backend, village, by_text):
    for number in range(40):
        send_in(backend, f"Text {number} " + "w" * 2000)
    [(_kind, notes)] = tasks(backend)
    assert len(notes) <= 20 * 700


def test_a_number_that_gets_no_texts_is_left_alone(backend, village, by_text):
    assert send_in(backend, "Hello", phone=OTHER_MOBILE) == 0
    assert tasks(backend) == []


def test_texts_into_a_folder_are_files(tmp_path):
    texts = FolderTexts(tmp_path / "sent")
    with texts.opened() as connection:
        connection.send(MOBILE, "Hello", "R-1")
        connection.send(MOBILE, "Hello", "R-1")
    assert [path.read_text() for path in (tmp_path / "sent").iterdir()] == [f"{MOBILE}\nHello"]


def linus_too(backend, village, does):
    """Linus is told by text too, and hours wait for him."""
    with backend.session() as session:
        session.get_one(Person, village.linus.person_id).phone = OTHER_MOBILE
        session.commit()
    does(choose, {Topic.ABOUT_YOU: BY_TEXT}, by=village.linus)
    with backend.session() as session:
        make_recorded(session, village, village.ada, village.linus)
        session.commit()


def test_one_number_that_a_gateway_refuses_as_if_it_were_away_blocks_no_other(
    text_office, gateway, mail, backend, watch, does, village, recorded
):
    linus_too(backend, village, does)
    gateway.answer = lambda body: 500 if MOBILE in body else 200
    for _round in range(20):
        send_what_is_due(text_office)
        watch.pass_by(hours=5)
    assert [text["to"] for text in posted(gateway)].count(OTHER_MOBILE) == 1
    assert [to for to, _message in mail.sent] == ["grace@example.org"]  # told otherwise in the end


def test_a_gateway_that_hangs_is_left_alone_for_a_while(
    text_office, gateway, backend, does, village, recorded, monkeypatch
):
    """So that it holds up no e-mail longer than one time-out."""
    linus_too(backend, village, does)
    monkeypatch.setattr(text_transports, "TIMEOUT", 0.2)
    gateway.answer = lambda _body: -0.6
    assert send_what_is_due(text_office) == {"away": 1}
    assert len(gateway.posted) == 1


def test_a_text_of_which_the_gateway_says_later_that_it_arrived_is_not_sent_again(
    text_office, gateway, backend, watch, recorded, monkeypatch
):
    monkeypatch.setattr(text_transports, "TIMEOUT", 0.2)
    gateway.answer = lambda _body: -0.6
    send_what_is_due(text_office)
    assert note(backend, gateway, TextState.DELIVERED)
    watch.pass_by(hours=1)
    send_what_is_due(text_office)
    assert len(gateway.posted) == 1
    assert [state for _way, state, _failure in states(backend)] == [DeliveryState.SENT]


def test_after_stop_what_waits_already_goes_by_e_mail(text_office, gateway, mail, backend, watch, recorded):
    gateway.answer = lambda _body: 500
    send_what_is_due(text_office)
    send_in(backend, "STOP")
    gateway.answer = lambda _body: 200
    gateway.posted.clear()
    watch.pass_by(hours=1)
    send_what_is_due(text_office)
    send_what_is_due(text_office)
    assert gateway.posted == []
    assert [to for to, _message in mail.sent] == ["grace@example.org"]


def test_who_is_suspended_can_stop_texts_too(backend, village, does, by_text):
    does(change_standing, village.grace, Standing.SUSPENDED, by=village.rosa, reason="Cannot be reached")
    assert send_in(backend, "hello") == 0
    assert send_in(backend, "STOP") == 1


def test_a_text_that_fails_on_a_site_without_e_mail_is_rung_about(text_office, gateway, backend, recorded):
    text_office.transport = None
    gateway.answer = lambda _body: 400
    send_what_is_due(text_office)
    assert [way for way, _state, _failure in states(backend)] == ["text", "phone"]


def test_nobody_is_woken_by_a_text_about_their_membership(text_office, gateway, watch, does, village, by_text, backend):
    with backend.session() as session:
        session.get_one(Person, village.grace.person_id).email = None
        session.commit()
    watch.now = MORNING.replace(hour=3)
    does(change_standing, village.grace, Standing.SUSPENDED, by=village.rosa, reason="Rests", at=watch.now)
    send_what_is_due(text_office)
    assert gateway.posted == []
    watch.now = MORNING
    send_what_is_due(text_office)
    assert len(gateway.posted) == 1


def test_two_workers_at_once_stay_within_the_months_number(backend, village, does):
    set_up(backend, village, most=1)
    does(choose, {Topic.ABOUT_YOU: BY_TEXT}, by=village.grace)
    linus_too(backend, village, does)
    record(backend, village)

    def gather_one(session, village):
        gather(session, MORNING, Means(has_mail=True, has_texts=True), most=1)

    assert one_inside_the_other(backend, village, gather_one, gather_one) is None
    assert sorted(way for way, _state, _failure in states(backend)) == ["email", "text"]
