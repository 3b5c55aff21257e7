"""What becomes of an e-mail when the mail server refuses, puts off, drops the line, hangs or is away."""

import smtplib
import socket
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.people import make_recorded
from timebank.members.models import Person
from timebank.notices.models import Delivery, DeliveryState, Failure, Notice, NoticeState
from timebank.notices.rules import Way
from timebank.references import Ref, Subject
from timebank.tasks.models import Task
from timebank.worker import transports
from timebank.worker.office import Office
from timebank.worker.sending import AWAY, send_what_is_due
from timebank.worker.transports import SmtpTransport

UNKNOWN, POLICY, LATER = "550 5.1.1 no such user", "550 5.7.1 not from you", "451 4.7.1 come back in a while"


@pytest.fixture(autouse=True)
def _to_confirm(backend, village):
    """A notice for Grace that hours wait for her."""
    with backend.session() as session:
        make_recorded(session, village, village.ada, village.grace)
        session.commit()


def deliveries(backend):
    with backend.session() as session:
        query = select(Delivery.way, Delivery.state, Delivery.failure).order_by(Delivery.id)
        return [tuple(row) for row in session.execute(query)]


def tasks(backend):
    with backend.session() as session:
        return [tuple(row) for row in session.execute(select(Task.kind, Task.subject).order_by(Task.id))]


def test_an_e_mail_arrives_whole(smtp_office, mail_server):
    assert send_what_is_due(smtp_office) == {"sent": 1}
    [(to, message)] = mail_server.taken
    assert to == "grace@example.org"
    assert message["Subject"] == "Are these hours right?"
    assert "Ada Lamont" in message.get_body(("plain",)).get_content()
    assert "Ada Lamont" in message.get_body(("html",)).get_content()


def test_many_go_over_one_connection_and_each_to_one_reader(smtp_office, mail_server, backend, village):
    with backend.session() as session:
        make_recorded(session, village, village.ada, village.linus)
        make_recorded(session, village, village.grace, village.ada)
        session.commit()
    assert send_what_is_due(smtp_office) == {"sent": 3}
    assert sorted(to for to, _message in mail_server.taken) == [
        "ada@example.org",
        "grace@example.org",
        "linus@example.org",
    ]
    assert all(len(message["To"].addresses) == 1 for _to, message in mail_server.taken)


def test_an_unknown_address_is_written_down_and_the_reader_is_rung(smtp_office, mail_server, backend, village):
    with backend.session() as session:
        session.get_one(Person, village.grace.person_id).phone = "+441632960123"
        session.commit()
    mail_server.on_recipient = lambda _address: UNKNOWN
    assert send_what_is_due(smtp_office) == {"refused": 1}
    assert send_what_is_due(smtp_office) == {}
    assert deliveries(backend) == [
        (Way.EMAIL, DeliveryState.FAILED, Failure.NO_SUCH_MAILBOX),
        (Way.PHONE, DeliveryState.READY, None),
    ]
    subject = str(Ref(Subject.MEMBER, village.grace.code))
    assert tasks(backend) == [("email_fails", subject), ("tell_by_phone", subject)]
    with backend.session() as session:
        assert session.get_one(Person, village.grace.person_id).email_failed_at == smtp_office.watch()


def test_a_policy_says_nothing_of_the_address(smtp_office, mail_server, backend, village):
    mail_server.on_recipient = lambda _address: POLICY
    assert send_what_is_due(smtp_office) == {"refused": 1}
    assert deliveries(backend) == [(Way.EMAIL, DeliveryState.FAILED, Failure.RECIPIENT)]
    with backend.session() as session:
        assert session.get_one(Person, village.grace.person_id).email_failed_at is None


@pytest.mark.parametrize("where", ["on_recipient", "on_data"])
def test_who_is_put_off_is_tried_again_when_it_is_time(smtp_office, mail_server, backend, watch, where):
    setattr(mail_server, where, lambda _what: LATER)
    assert send_what_is_due(smtp_office) == {"put_off": 1}
    mail_server.forget()
    assert send_what_is_due(smtp_office) == {}
    watch.pass_by(minutes=1)
    assert send_what_is_due(smtp_office) == {"sent": 1}
    assert deliveries(backend) == [
        (Way.EMAIL, DeliveryState.SENT, Failure.RECIPIENT if where == "on_recipient" else Failure.CONTENT)
    ]


def test_who_is_put_off_for_three_days_is_given_up_and_the_address_doubted(
    smtp_office, mail_server, backend, watch, village
):
    mail_server.on_recipient = lambda _address: LATER
    for _hour in range(24 * 6):
        send_what_is_due(smtp_office)
        watch.pass_by(hours=1)
    assert deliveries(backend) == [(Way.EMAIL, DeliveryState.FAILED, Failure.RECIPIENT)]
    assert tasks(backend) == [("email_fails", str(Ref(Subject.MEMBER, village.grace.code)))]


def test_refused_content_is_not_sent_again(smtp_office, mail_server, backend):
    mail_server.on_data = lambda _message: "554 5.6.0 not this"
    assert send_what_is_due(smtp_office) == {"refused": 1}
    assert deliveries(backend) == [(Way.EMAIL, DeliveryState.FAILED, Failure.CONTENT)]


@pytest.mark.parametrize(("code", "came"), [(451, "put_off"), (554, "refused")])
def test_content_that_is_refused_before_it_is_sent_is_tried_again_only_for_now(smtp_office, monkeypatch, code, came):
    def refuse(*_args):
        raise smtplib.SMTPDataError(code, b"not this")

    monkeypatch.setattr(smtplib.SMTP, "data", refuse)
    assert send_what_is_due(smtp_office) == {came: 1}


def test_one_bad_address_stops_no_other(smtp_office, mail_server, backend, village):
    with backend.session() as session:
        make_recorded(session, village, village.ada, village.linus)
        session.commit()
    mail_server.on_recipient = lambda address: UNKNOWN if address.startswith("grace") else "250 OK"
    assert send_what_is_due(smtp_office) == {"refused": 1, "sent": 1}


def test_a_line_that_drops_after_the_e_mail_was_taken_repeats_it_once_with_the_same_id(smtp_office, mail_server, watch):
    mail_server.on_data = lambda _message: None
    assert send_what_is_due(smtp_office) == {"put_off": 1}
    mail_server.on_data = lambda _message: "250 OK"
    watch.pass_by(minutes=1)
    assert send_what_is_due(smtp_office) == {"sent": 1}
    ids = [message["Message-ID"] for _to, message in mail_server.taken]
    assert len(ids) == 2
    assert len(set(ids)) == 1


def test_a_server_that_is_away_costs_nobody_a_try(office, backend, watch, mail_server):
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        away = SmtpTransport(f"smtp://127.0.0.1:{door.getsockname()[1]}")
    assert send_what_is_due(Office(office.settings, office.engine, office.app, away, watch)) == {"away": 1}
    back = Office(office.settings, office.engine, office.app, SmtpTransport(mail_server.url), watch)
    assert send_what_is_due(back) == {}
    watch.pass_by(seconds=AWAY.total_seconds())
    assert send_what_is_due(back) == {"sent": 1}
    with backend.session() as session:
        assert session.scalars(select(Delivery.tries)).all() == [1]


def test_a_server_that_says_nothing_is_given_up_on(office, backend, watch, monkeypatch):
    monkeypatch.setattr(transports, "TIMEOUT", 0.2)
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        silent = SmtpTransport(f"smtp://127.0.0.1:{door.getsockname()[1]}")
        assert send_what_is_due(Office(office.settings, office.engine, office.app, silent, watch)) == {"away": 1}
    assert deliveries(backend) == [(Way.EMAIL, DeliveryState.READY, None)]


class DiesError(BaseException):
    """The worker is killed here."""


def _die(*_args, **_more):
    raise DiesError


#: Where it dies: (module attribute that dies instead of being called, e-mails that were taken before).
DEATHS = {
    "before the claim": ("timebank.worker.sending.claim", 0),
    "after the claim": ("timebank.worker.sending.write", 0),
    "after it was taken, before that is written": ("timebank.worker.sending.mark_sent", 1),
}


@pytest.mark.parametrize("where", DEATHS)
def test_a_worker_that_dies_loses_nothing_and_repeats_at_most_once(
    smtp_office, mail_server, backend, watch, monkeypatch, where
):
    attribute, taken = DEATHS[where]
    with monkeypatch.context() as patched:
        patched.setattr(attribute, _die)
        with pytest.raises(DiesError):
            send_what_is_due(smtp_office)
    assert len(mail_server.taken) == taken
    send_what_is_due(smtp_office)
    watch.pass_by(minutes=16)  # claims of a dead worker run out
    send_what_is_due(smtp_office)
    send_what_is_due(smtp_office)
    ids = [message["Message-ID"] for _to, message in mail_server.taken]
    assert len(ids) == 1 + taken
    assert len(set(ids)) == 1
    assert [state for _way, state, _failure in deliveries(backend)] == [DeliveryState.SENT]


def test_two_workers_at_once_send_each_e_mail_once(smtp_office, mail_server, backend, village):
    """The second looks while the first has claimed and not yet sent."""
    mail_server.on_data = lambda _message: (
        (send_what_is_due(smtp_office), "250 OK")[1] if not mail_server.taken else "250 OK"
    )
    send_what_is_due(smtp_office)
    assert len(mail_server.taken) == 1
    with backend.session() as session:
        assert set(session.scalars(select(Notice.state))) == {NoticeState.IN_DELIVERY}


def test_the_claim_of_another_worker_is_not_ended(office, backend, watch):
    """A worker that was away for longer than its claim finds that another has sent it meanwhile."""
    from timebank.notices.outbox import Ended, claim, mark_failed, mark_sent
    from timebank.worker.gathering import Means, gather

    with backend.session() as session:
        gather(session, watch(), Means(has_mail=True))
        [first] = claim(session, watch(), 10)
        session.commit()
        later = watch() + timedelta(minutes=16)
        [second] = claim(session, later, 10)
        session.commit()
        assert second.tries == first.tries + 1
        assert not mark_sent(session, first, later)
        assert mark_sent(session, second, later)
        session.commit()
        assert mark_failed(session, first, "connection", later, for_good=True) is Ended.LOST
        session.commit()
    assert deliveries(backend) == [(Way.EMAIL, DeliveryState.SENT, None)]
