"""Which e-mail goes out first: codes, then what is about members, then news; also of what comes meanwhile."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.people import make_recorded
from tests.worker.conftest import MORNING
from timebank.members.models import Person
from timebank.notices.kinds import NoticeKind, Topic
from timebank.notices.models import Delivery, Notice
from timebank.notices.outbox import NewDelivery, claim, put_into_deliveries
from timebank.notices.rules import Way
from timebank.signing_in.forgotten import ask_for_code
from timebank.worker import sending
from timebank.worker.sending import send_what_is_due


@pytest.fixture
def known(backend, village):
    """Grace's e-mail is known to be hers: codes may go there."""
    with backend.session() as session:
        person = session.get_one(Person, village.grace.person_id)
        person.email_is_proved, person.email_trusted_from = True, MORNING
        session.commit()


def test_of_what_is_due_codes_are_claimed_first_and_news_last(session, village):
    kinds = [
        (Topic.ROUND_THE_BANK, False, 3),
        (Topic.ABOUT_YOU, False, 2),
        (Topic.ABOUT_YOU, True, 1),
        (Topic.ABOUT_YOU, False, 4),
        (Topic.ABOUT_YOU, True, 0),
    ]
    for topic, at_any_hour, minutes_ago in kinds:
        made_at = MORNING - timedelta(minutes=minutes_ago)
        delivery = NewDelivery(village.grace.membership_id, topic, Way.EMAIL, [], at_any_hour)
        put_into_deliveries(session, village.angus.id, [delivery], made_at)
    taken = [claim(session, MORNING, 1)[0] for _each in kinds]
    at_any_hour = {row.id: row.at_any_hour for row in session.execute(select(Delivery.id, Delivery.at_any_hour))}
    assert [(row.topic, at_any_hour[row.id], (MORNING - row.made_at).seconds // 60) for row in taken] == [
        (Topic.ABOUT_YOU, True, 1),
        (Topic.ABOUT_YOU, True, 0),
        (Topic.ABOUT_YOU, False, 4),
        (Topic.ABOUT_YOU, False, 2),
        (Topic.ROUND_THE_BANK, False, 3),
    ]
    assert claim(session, MORNING, 1) == []


def test_who_asks_for_a_code_while_others_e_mails_go_out_is_next(office, mail, village, backend, known, monkeypatch):
    monkeypatch.setattr(sending, "CLAIMED", 1)
    with backend.session() as session:
        for reader in (village.linus, village.rosa, village.mary):
            make_recorded(session, village, village.ada, reader)
        session.commit()

    def ask(_message):
        mail.before = lambda _message: None
        with backend.session() as session:
            ask_for_code(session, village.angus, "grace@example.org", now=office.watch())
            session.commit()

    mail.before = ask
    send_what_is_due(office)
    assert len(mail.sent) == 4
    assert [to for to, _message in mail.sent].index("grace@example.org") == 1
    with backend.session() as session:
        assert NoticeKind.SIGN_IN_CODE in set(session.scalars(select(Notice.kind)))


def test_a_site_without_a_way_out_still_decides_what_its_brokers_have_to_ring_about(office, village, backend):
    office.transport = None
    with backend.session() as session:
        person = session.get_one(Person, village.grace.person_id)
        person.email, person.phone = None, "+441382229111"
        make_recorded(session, village, village.ada, village.grace)
        session.commit()
    send_what_is_due(office)
    with backend.session() as session:
        assert session.scalars(select(Delivery.way)).all() == [Way.PHONE]
