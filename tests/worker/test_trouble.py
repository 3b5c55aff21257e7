"""What went wrong when the worker was attacked: each a test, by name, on both databases."""

import logging
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.people import TODAY, make_recorded, terms
from tests.worker.conftest import MORNING
from tests.worker.test_telling import chooses, does, recorded, rows
from timebank.actors import Doing, How, Role, acting_for
from timebank.banks.models import Bank
from timebank.exchanges import actions
from timebank.exchanges.by_time import settle_waiting
from timebank.exchanges.telling import remind
from timebank.members import roles
from timebank.members.actions import get_membership_by_code
from timebank.members.models import Person
from timebank.members.profiles import Profile, change_profile
from timebank.notices.models import Delivery, DeliveryState, Dropped, Failure, Notice
from timebank.notices.outbox import drop_all
from timebank.notices.rules import Often, Way
from timebank.signing_in.own_contacts import mail_email_code
from timebank.tasks.models import Task
from timebank.telling.calls import Outcome, list_to_tell, note_call
from timebank.telling.errors import NothingToTellError
from timebank.worker.sending import send_what_is_due
from timebank.worker.transports import NotNowError

__all__ = ["does", "recorded"]
PHONE = "+441632960123"


def set_person(backend, actor, **values):
    with backend.session() as session:
        for name, value in values.items():
            setattr(session.get_one(Person, actor.person_id), name, value)
        session.commit()


def deliveries(backend):
    return rows(backend, Delivery, Delivery.way, Delivery.state, Delivery.failure)


def profile(name="Grace Okafor", email="grace@example.org", phone=None):
    return Profile(name, email, phone, "")


@pytest.mark.parametrize("email", ["a..b@x.org", "a,b@x.org", "a<b@x", "ü@x.org", "x@" + "a" * 70 + ".org"])
def test_an_address_that_no_e_mail_can_have_keeps_nobody_else_from_being_told(
    office, mail, does, village, backend, recorded, email, caplog
):
    set_person(backend, village.grace, email=email, phone=PHONE)
    does(actions.record, village.angus, terms(village.ada, village.linus), by=village.ada, key="other")
    with caplog.at_level(logging.DEBUG):
        ended = send_what_is_due(office)
    assert ended == {"sent": 1, "unwritable": 1}
    assert [to for to, _message in mail.sent] == ["linus@example.org"]
    assert (Way.PHONE, DeliveryState.READY, None) in deliveries(backend)
    assert email not in caplog.text
    assert send_what_is_due(office) == {}


def test_an_office_address_that_is_none_keeps_nobody_from_being_told(office, mail, village, backend, recorded):
    with backend.session() as session:
        session.execute(update(Bank).where(Bank.id == village.angus.id).values(email="office..x@example.org"))
        session.commit()
    assert send_what_is_due(office) == {"sent": 1}
    assert mail.sent[0][1]["Reply-To"] is None


@pytest.mark.parametrize(
    "name",
    [
        "=?utf-8?q?a=0d=0aSubject:_You_won=0d=0a=0d=0ahttps://evil.example?=",
        'Grace "G" Okafor, <evil@example.org>',
        "Gr\u202eace Ökafor",
    ],
)
def test_a_name_writes_no_headers(office, mail, village, backend, recorded, name):
    set_person(backend, village.grace, name=name)
    assert send_what_is_due(office) == {"sent": 1}
    [(_to, message)] = mail.sent
    head = b"\n" + message.as_bytes().partition(b"\r\n\r\n")[0]
    assert b"\nSubject: Are these hours right?" in head
    assert head.count(b"\nSubject:") == 1
    assert b"evil.example\r\n" not in head.partition(b"To:")[0]
    assert [address.addr_spec for address in message["To"].addresses] == ["grace@example.org"]


def test_a_programs_fault_in_one_e_mail_stops_no_other(office, mail, does, village, recorded, monkeypatch):
    does(actions.record, village.angus, terms(village.ada, village.linus), by=village.ada, key="other")

    def fail(message):
        if "grace" in str(message["To"]):
            raise RuntimeError(str(message["To"]))

    mail.before = fail
    assert send_what_is_due(office) == {"unwritable": 1, "sent": 1}


def test_an_old_address_that_is_dead_is_left_at_that(smtp_office, mail_server, does, village, backend):
    does(change_profile, profile(email="new@example.org"), by=village.grace)
    mail_server.on_recipient = lambda _address: "550 5.1.1 no such user"
    for _minute in range(5):
        send_what_is_due(smtp_office)
        smtp_office.watch.pass_by(minutes=1)
    assert deliveries(backend) == [(Way.EMAIL, DeliveryState.FAILED, Failure.NO_SUCH_MAILBOX)]
    assert rows(backend, Task, Task.kind) == []
    with backend.session() as session:
        assert session.get_one(Person, village.grace.person_id).email_failed_at is None


@pytest.mark.parametrize(
    "answer", ["550 relay not permitted", "550 5.1.8 Sender address rejected", "550 5.7.1 blocked", "553 no"]
)
def test_what_a_server_has_against_us_says_nothing_of_addresses(smtp_office, mail_server, backend, village, answer):
    with backend.session() as session:
        for number in range(8):
            make_recorded(session, village, village.ada, village.grace, what=f"Help {number}")
            make_recorded(session, village, village.ada, village.linus, what=f"Help {number}")
            make_recorded(session, village, village.ada, village.rosa, what=f"Help {number}")
        session.commit()
    mail_server.on_recipient = lambda _address: answer
    send_what_is_due(smtp_office)
    with backend.session() as session:
        assert session.scalars(select(Person.id).where(Person.email_failed_at.is_not(None))).all() == []


def test_a_full_disk_of_our_server_says_nothing_of_addresses(smtp_office, mail_server, backend, recorded):
    mail_server.on_data = lambda _message: "452 4.3.1 full"
    for _hour in range(24 * 6):
        send_what_is_due(smtp_office)
        smtp_office.watch.pass_by(hours=1)
    with backend.session() as session:
        assert session.scalars(select(Person.id).where(Person.email_failed_at.is_not(None))).all() == []


def test_a_first_try_after_a_long_time_is_not_the_last(smtp_office, mail_server, backend, recorded):
    with backend.session() as session:
        session.execute(update(Notice).values(told_at=MORNING - timedelta(days=4)))
        session.commit()
    mail_server.on_recipient = lambda _address: "451 4.7.1 later"
    assert send_what_is_due(smtp_office) == {"put_off": 1}


def test_five_refusals_in_a_row_are_rather_the_servers(smtp_office, mail_server, backend, village):
    people = (village.grace, village.linus, village.rosa, village.mary, village.clara)
    with backend.session() as session:
        for actor in people:
            make_recorded(session, village, village.ada, actor)
        make_recorded(session, village, village.grace, village.ada)
        session.commit()
    mail_server.on_recipient = lambda _address: "550 5.7.1 blocked"
    assert send_what_is_due(smtp_office)["away"] == 1
    assert (Way.EMAIL, DeliveryState.READY, None) in deliveries(backend)


def test_a_server_that_is_slow_after_the_data_gets_an_e_mail_twice_at_most(office, mail, backend, watch, recorded):
    def lose(_message):
        raise NotNowError(Failure.AFTER_DATA)

    mail.before = lose
    ended = []
    for _hour in range(24):
        ended += send_what_is_due(office)
        watch.pass_by(minutes=20)
    assert ended == ["put_off", "sent"]


def test_who_has_no_e_mail_any_more_in_the_morning_is_rung(office, does, village, backend, watch, recorded):
    watch.now = MORNING.replace(hour=20, minute=59)

    def later(_message):
        raise NotNowError(Failure.RECIPIENT)

    office.transport.before = later
    send_what_is_due(office)
    set_person(backend, village.grace, email=None, phone=PHONE)
    watch.now = MORNING.replace(day=22)
    assert send_what_is_due(office) == {"dropped": 1}
    send_what_is_due(office)
    assert ("tell_by_phone",) in rows(backend, Task, Task.kind)


def test_what_was_stopped_is_not_sent_any_more(office, mail, does, village, backend, watch, recorded):
    def later(_message):
        raise NotNowError(Failure.RECIPIENT)

    mail.before = later
    send_what_is_due(office)
    chooses(does, village.grace, Way.NONE)
    mail.before = lambda _message: None
    watch.pass_by(minutes=5)
    assert send_what_is_due(office) == {"dropped": 1}
    assert (Way.EMAIL, DeliveryState.DROPPED, Dropped.CHOSE_NONE) in deliveries(backend)


def test_an_e_mail_that_waited_for_weeks_is_not_sent(office, backend, watch, recorded):
    with backend.session() as session:
        from timebank.worker.gathering import Means, gather

        gather(session, watch(), Means(has_mail=True))
        session.commit()
    watch.pass_by(days=15)
    assert send_what_is_due(office) == {"dropped": 1}


def agree(does, village, on):
    said = terms(village.ada, village.grace, day=on, what="Shopping")
    code = does(actions.propose, village.angus, said, by=village.grace, key="ask")
    does(actions.accept, code, by=village.ada)


def run_reminders(backend, village, office):
    with backend.session() as session:
        remind(session, village.angus, now=office.watch())
        settle_waiting(session, village.angus, now=office.watch())
        session.commit()


def test_tomorrow_is_told_the_day_before_or_not_at_all(office, mail, does, village, backend):
    agree(does, village, TODAY + timedelta(days=1))
    send_what_is_due(office)
    mail.sent.clear()
    office.watch.now = MORNING.replace(hour=22, minute=30)
    run_reminders(backend, village, office)
    office.watch.now = MORNING.replace(day=22, hour=8)
    send_what_is_due(office)
    assert mail.sent == []


def test_tomorrow_is_told_at_once_to_those_too_who_read_once_a_week(office, mail, does, village, backend):
    chooses(does, village.grace, Way.EMAIL, Often.WEEKLY)
    agree(does, village, TODAY + timedelta(days=3))
    office.watch.pass_by(days=2)
    run_reminders(backend, village, office)
    send_what_is_due(office)
    texts = dict(zip((to for to, _message in mail.sent), mail.texts(), strict=True))
    assert "Just so that you both remember" in texts["grace@example.org"]


def test_one_exchange_is_asked_about_once_in_an_e_mail(office, mail, does, village, backend, recorded):
    chooses(does, village.grace, Way.EMAIL, Often.WEEKLY)
    office.watch.pass_by(days=5, hours=1)
    run_reminders(backend, village, office)
    office.watch.now = MORNING + timedelta(days=9)
    send_what_is_due(office)
    [(_to, message)] = mail.sent
    assert message["Subject"] == "Are these hours right? They still wait"


def test_a_day_without_a_worker_costs_no_reminder_and_no_task(office, does, village, backend, recorded):
    office.watch.pass_by(days=15, hours=3)
    run_reminders(backend, village, office)
    assert ("not_confirmed",) in rows(backend, Task, Task.kind)
    assert ("still_to_confirm",) in rows(backend, Notice, Notice.kind)


def test_what_a_broker_does_in_somebodys_name_they_are_told(office, mail, does, village, recorded):
    does(actions.confirm, recorded, by=acting_for(village.rosa, village.grace, How.PHONE))
    send_what_is_due(office)
    [(to, message)] = mail.sent
    assert (to, message["Subject"]) == ("grace@example.org", "Done for you by your time bank")
    assert "Rosa Lindsay said for you that these hours are right." in mail.texts()[0]


def test_a_removed_e_mail_is_told_at_itself(office, mail, does, village, backend):
    set_person(backend, village.grace, phone=PHONE)
    does(change_profile, profile(email=None, phone=PHONE), by=acting_for(village.rosa, village.grace, How.PHONE))
    send_what_is_due(office)
    assert [(to, message["Subject"]) for to, message in mail.sent] == [
        ("grace@example.org", "How to reach you was changed")
    ]


def test_who_had_no_e_mail_is_rung_when_another_writes_one_down(office, mail, does, village, backend):
    set_person(backend, village.grace, email=None, phone=PHONE)
    changed = profile(email="rosas-own@example.org", phone=PHONE)
    does(change_profile, changed, by=acting_for(village.rosa, village.grace, How.PHONE))
    send_what_is_due(office)
    assert mail.sent == []
    assert ("tell_by_phone",) in rows(backend, Task, Task.kind)


def test_what_is_for_the_old_e_mail_goes_there_and_the_code_to_the_new_one(office, mail, does, village):
    does(change_profile, profile(email="new@example.org"), by=village.grace)
    does(mail_email_code, by=village.grace, key="send")
    send_what_is_due(office)
    assert sorted((to, message["Subject"]) for to, message in mail.sent) == [
        ("grace@example.org", "How to reach you was changed"),
        ("new@example.org", "Is this your e-mail?"),
    ]


def test_a_code_for_an_e_mail_is_not_sent_to_another(office, mail, does, village):
    does(mail_email_code, by=village.grace, key="send")
    does(change_profile, profile(email="new@example.org"), by=village.grace)
    send_what_is_due(office)
    assert [message["Subject"] for _to, message in mail.sent] == ["How to reach you was changed"]


def test_a_code_is_never_read_out(smtp_office, mail_server, does, village, backend):
    set_person(backend, village.grace, phone=PHONE)
    does(mail_email_code, by=village.grace, key="send")
    mail_server.on_recipient = lambda _address: "550 5.1.1 no such user"
    send_what_is_due(smtp_office)
    send_what_is_due(smtp_office)
    assert [way for way, _state, _failure in deliveries(backend)] == [Way.EMAIL]


def test_roles_given_and_taken_within_a_second_are_both_told(office, mail, backend, village):
    with backend.session() as session:
        grace = get_membership_by_code(session, village.angus.id, village.grace.code)
        doing = Doing(village.mary, MORNING)
        roles.give(session, grace, Role.BROKER, doing, granted_by=None)
        roles.take(session, grace, Role.BROKER, doing)
        session.commit()
    send_what_is_due(office)
    assert "You are a broker now." in mail.texts()[0]
    assert "You are no longer a broker." in mail.texts()[0]


@pytest.fixture
def on_the_phone(does, village, backend, recorded, office):
    """Grace is notified by telephone of hours to confirm."""
    set_person(backend, village.grace, phone=PHONE)
    chooses(does, village.grace, Way.PHONE)
    send_what_is_due(office)
    with backend.session() as session:
        return list_to_tell(session, village.angus.id, village.grace.membership_id)


def test_what_came_after_the_page_was_opened_stays_on_the_list(does, village, backend, office, on_the_phone):
    does(actions.record, village.angus, terms(village.linus, village.grace), by=village.linus, key="later")
    send_what_is_due(office)
    does(note_call, village.grace, Outcome.REACHED, by=village.rosa, key="rang", until=on_the_phone.until)
    assert [state for _way, state, _failure in deliveries(backend)] == [DeliveryState.SENT, DeliveryState.READY]
    assert rows(backend, Task, Task.kind, Task.status) == [("tell_by_phone", "open")]


def test_two_brokers_who_ring_at_once_write_it_down_once(does, village, backend, on_the_phone):
    until = on_the_phone.until
    does(note_call, village.grace, Outcome.REACHED, by=village.rosa, key="rosa", until=until)
    with pytest.raises(NothingToTellError):
        does(note_call, village.grace, Outcome.WRONG_NUMBER, by=village.mary, key="mary", until=until)
    assert ("phone_wrong",) not in rows(backend, Task, Task.kind)


def test_nobody_gives_up_before_they_have_tried(does, village, on_the_phone):
    with pytest.raises(NothingToTellError):
        does(note_call, village.grace, Outcome.GIVEN_UP, by=village.rosa, until=on_the_phone.until)


def test_a_restored_backup_tells_nothing_again(office, backend, watch, recorded):
    with backend.session() as session:
        drop_all(session, watch())
        session.commit()
    assert send_what_is_due(office) == {}


def test_while_one_thread_sends_another_does_not_wait(office, recorded):
    with office.at_work:
        assert send_what_is_due(office) == {}
    assert send_what_is_due(office) == {"sent": 1}
