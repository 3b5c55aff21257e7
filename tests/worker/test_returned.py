"""What becomes of an e-mail that comes back: of its delivery, its address and its reader, on both databases."""

import logging
from contextlib import nullcontext
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from tests.notices.returned_messages import block, bounce, complaint, exchange, gmail, postfix, qmail, reply, written
from tests.people import make_recorded, terms
from tests.races import one_inside_the_other
from tests.worker.returning import comes_back, returning
from tests.worker.test_telling import chooses, does, recorded, rows
from timebank.actors import Doing, Standing
from timebank.banks.models import Bank
from timebank.exchanges import actions
from timebank.members.models import Membership, Person
from timebank.members.profiles import Profile, change_profile
from timebank.members.rules import ContactKind
from timebank.notices.bounces import remove_old_bounces
from timebank.notices.kinds import NoticeKind, Topic
from timebank.notices.models import Bounce, Delivery, DeliveryState, Failure, Notice, NoticeChoice
from timebank.notices.outbox import KEPT, put_into_delivery, remove_old
from timebank.notices.queries import find_backlog, find_choice
from timebank.notices.rules import USUAL, Choice, Often, Way
from timebank.references import DeedName, Ref, Subject
from timebank.signing_in.models import SignInCode
from timebank.signing_in.own_contacts import mail_email_code, prove_by_code
from timebank.signing_in.sent_codes import code_of
from timebank.tasks.models import Task
from timebank.trail.models import TrailRow
from timebank.worker import returned
from timebank.worker.returned import Outcome, take
from timebank.worker.sending import send_what_is_due

__all__ = ["does", "recorded"]
GRACE, PHONE = "grace@example.org", "+441632960123"
LATER = "451 4.4.1 connect to mx.example.org: Connection timed out"


@pytest.fixture
def post(office):
    """An office whose e-mails have a return path."""
    return returning(office)


@pytest.fixture(autouse=True)
def _has_a_phone(backend, village):
    with backend.session() as session:
        session.get_one(Person, village.grace.person_id).phone = PHONE
        session.commit()


@pytest.fixture
def sent(post, mail, recorded):
    """The return path of an e-mail to Grace that was sent: hours wait for her."""
    assert send_what_is_due(post) == {"sent": 1}
    return mail.return_paths[-1]


def deliveries(backend):
    return rows(backend, Delivery, Delivery.way, Delivery.state, Delivery.failure)


def tasks(backend):
    return [kind for (kind,) in rows(backend, Task, Task.kind)]


def failed_at(backend, actor):
    with backend.session() as session:
        return session.get_one(Person, actor.person_id).email_failed_at


def test_an_e_mail_that_comes_back_is_told_by_telephone(smtp_office, mail_server, backend, village, recorded):
    """From the deed over a real mail server to the broker's task."""
    post = returning(smtp_office)
    assert send_what_is_due(post) == {"sent": 1}
    [address] = mail_server.return_paths
    assert mail_server.taken[0][1]["From"].addresses[0].addr_spec == "no-reply@127.0.0.1"
    assert deliveries(backend) == [(Way.EMAIL, DeliveryState.SENT, None)]
    post.watch.pass_by(minutes=3)
    assert comes_back(post, postfix(address, GRACE)) is Outcome.FAILED
    assert send_what_is_due(post) == {}
    assert deliveries(backend) == [
        (Way.EMAIL, DeliveryState.FAILED, Failure.NO_SUCH_MAILBOX),
        (Way.PHONE, DeliveryState.READY, None),
    ]
    subject = str(Ref(Subject.MEMBER, village.grace.code))
    assert rows(backend, Task, Task.kind, Task.subject) == [("email_fails", subject), ("tell_by_phone", subject)]
    assert failed_at(backend, village.grace) == post.watch()
    with backend.session() as session:
        assert find_backlog(session, post.watch(), post.watch() - timedelta(days=1)).failed == 1


def test_without_the_setting_e_mails_come_back_to_where_they_come_from(smtp_office, mail_server, recorded):
    send_what_is_due(smtp_office)
    assert mail_server.return_paths == ["no-reply@127.0.0.1"]


@pytest.mark.parametrize("shape", [postfix, exchange, gmail, qmail])
def test_each_mail_server_is_understood(post, backend, village, sent, shape):
    assert comes_back(post, shape(sent, GRACE)) is Outcome.FAILED
    assert failed_at(backend, village.grace) == post.watch()


def test_who_has_no_phone_gets_a_letter(post, backend, village, sent):
    with backend.session() as session:
        session.get_one(Bank, village.angus.id).sends_letters = True
        grace = session.get_one(Person, village.grace.person_id)
        grace.phone, grace.postal_address = None, "1 High Street"
        session.commit()
    comes_back(post, postfix(sent, GRACE))
    assert deliveries(backend)[1:] == [(Way.LETTER, DeliveryState.READY, None)]
    assert tasks(backend) == ["email_fails", "post_letters"]


def test_the_same_bounce_again_changes_nothing(post, backend, sent):
    assert comes_back(post, postfix(sent, GRACE)) is Outcome.FAILED
    before = (deliveries(backend), tasks(backend), rows(backend, Notice, Notice.state))
    post.watch.pass_by(hours=1)
    assert comes_back(post, postfix(sent, GRACE)) is Outcome.NOTHING
    assert comes_back(post, qmail(sent, GRACE)) is Outcome.NOTHING
    assert comes_back(post, postfix(sent, GRACE, "failed", "5.7.1")) is Outcome.NOTHING
    assert comes_back(post, postfix(sent, GRACE, "delayed", "4.4.1", LATER)) is Outcome.NOTHING
    assert (deliveries(backend), tasks(backend), rows(backend, Notice, Notice.state)) == before


def test_two_doors_at_once_tell_otherwise_once(post, backend, village, sent):
    outcomes = []

    def taking(content):
        return lambda session, _village: outcomes.append(
            take(content, post.return_path, lambda: nullcontext(session), post.watch())
        )

    dead, refused = postfix(sent, GRACE), postfix(sent, GRACE, "failed", "5.7.1")
    assert one_inside_the_other(backend, village, taking(dead), taking(refused)) is None
    assert outcomes == [Outcome.FAILED, Outcome.NOTHING]
    assert deliveries(backend) == [
        (Way.EMAIL, DeliveryState.FAILED, Failure.NO_SUCH_MAILBOX),
        (Way.PHONE, DeliveryState.READY, None),
    ]


def test_a_new_e_mail_takes_over_again(post, mail, does, village, backend, sent):
    comes_back(post, postfix(sent, GRACE))
    does(change_profile, Profile("Grace Okafor", "new@example.org", PHONE, ""), by=village.grace)
    does(actions.record, village.angus, _terms(village), by=village.ada, key="other")
    send_what_is_due(post)
    assert "new@example.org" in [to for to, _message in mail.sent]
    assert failed_at(backend, village.grace) is None


def _terms(village):
    return terms(village.ada, village.grace, what="Shopping")


@pytest.mark.parametrize("status", ["5.2.2", "5.3.0", "5.7.1", "4.4.7"])
def test_what_a_server_has_against_an_e_mail_says_nothing_of_its_address(post, backend, village, sent, status):
    assert comes_back(post, bounce(sent, block(GRACE, status=status))) is Outcome.FAILED
    assert failed_at(backend, village.grace) is None
    assert deliveries(backend) == [
        (Way.EMAIL, DeliveryState.FAILED, Failure.RETURNED),
        (Way.PHONE, DeliveryState.READY, None),
    ]


def test_a_delay_is_only_counted(post, backend, village, sent):
    assert comes_back(post, postfix(sent, GRACE, "delayed", "4.4.1", LATER)) is Outcome.COUNTED
    assert comes_back(post, postfix(sent, GRACE, "delayed", "4.4.1", LATER)) is Outcome.NOTHING
    assert deliveries(backend) == [(Way.EMAIL, DeliveryState.SENT, None)]
    assert tasks(backend) == []
    assert comes_back(post, postfix(sent, GRACE)) is Outcome.FAILED


def delays(post, mail, backend, village, days):
    """Send an e-mail to Grace after each number of days, and let it be delayed; return what came of each."""
    outcomes = []
    for after in days:
        post.watch.pass_by(days=after)
        with backend.session() as session:
            make_recorded(session, village, village.ada, village.grace, what=f"Help until {post.watch()}")
            session.execute(update(Notice).where(Notice.state == "waiting").values(told_at=post.watch()))
            session.commit()
        mail.return_paths.clear()
        send_what_is_due(post)
        content = postfix(mail.return_paths[-1], GRACE, "delayed", "4.4.1", LATER)
        outcomes.append(comes_back(post, content))
        assert comes_back(post, content) is Outcome.NOTHING
    return outcomes


def test_five_delays_in_fourteen_days_say_that_an_address_does_not_reach(post, mail, backend, village):
    assert delays(post, mail, backend, village, [0, 3, 3, 3]) == [Outcome.COUNTED] * 4
    assert failed_at(backend, village.grace) is None
    assert delays(post, mail, backend, village, [3]) == [Outcome.FAILED]
    assert failed_at(backend, village.grace) == post.watch()
    assert tasks(backend) == ["email_fails", "tell_by_phone"]
    assert deliveries(backend).count((Way.EMAIL, DeliveryState.FAILED, Failure.NO_SUCH_MAILBOX)) == 1


def test_five_delays_in_more_days_say_nothing(post, mail, backend, village):
    assert delays(post, mail, backend, village, [0, 3, 3, 4, 4]) == [Outcome.COUNTED] * 5
    assert failed_at(backend, village.grace) is None


def proves_her_email(backend, village, now):
    """Grace types a code that was sent to her e-mail."""
    with backend.session() as session:
        mail_email_code(session, Doing(village.grace, now, f"ask {now}"))
        code_id = session.scalars(select(SignInCode.id).order_by(SignInCode.id)).all()[-1]
        prove_by_code(
            session, ContactKind.EMAIL, code_of(session, code_id, GRACE), Doing(village.grace, now, f"type {now}")
        )
        session.commit()


def test_a_bounce_of_what_was_sent_before_an_e_mail_was_shown_to_work_says_nothing_of_it(post, backend, village, sent):
    post.watch.pass_by(hours=1)
    proves_her_email(backend, village, post.watch())
    post.watch.pass_by(hours=1)
    assert comes_back(post, postfix(sent, GRACE)) is Outcome.FAILED
    assert failed_at(backend, village.grace) is None
    assert deliveries(backend) == [
        (Way.EMAIL, DeliveryState.FAILED, Failure.RETURNED),
        (Way.PHONE, DeliveryState.READY, None),
    ]


def test_a_bounce_of_what_was_sent_after_it_does(post, mail, backend, village, recorded):
    proves_her_email(backend, village, post.watch() - timedelta(seconds=1))
    send_what_is_due(post)
    assert comes_back(post, postfix(mail.return_paths[-1], GRACE)) is Outcome.FAILED
    assert failed_at(backend, village.grace) == post.watch()


def test_a_keeper_who_says_that_it_is_theirs_has_not_shown_that_it_works(post, backend, village, sent):
    with backend.session() as session:
        session.get_one(Person, village.grace.person_id).email_trusted_from = post.watch() + timedelta(days=3)
        session.commit()
    post.watch.pass_by(days=4)
    assert comes_back(post, postfix(sent, GRACE)) is Outcome.FAILED
    assert failed_at(backend, village.grace) == post.watch()


def test_delays_before_an_e_mail_was_shown_to_work_are_not_counted(post, mail, backend, village):
    assert delays(post, mail, backend, village, [0, 1, 1, 1, 1])[-1] is Outcome.FAILED
    proves_her_email(backend, village, post.watch())
    assert delays(post, mail, backend, village, [1]) == [Outcome.COUNTED]
    assert failed_at(backend, village.grace) is None


def test_delays_of_another_address_are_not_counted(post, mail, does, backend, village):
    assert delays(post, mail, backend, village, [0, 1, 1, 1]) == [Outcome.COUNTED] * 4
    with backend.session() as session:
        session.execute(update(Bounce).values(mark="ZZZZZZ"))
        session.commit()
    assert delays(post, mail, backend, village, [1]) == [Outcome.COUNTED]


def test_a_bounce_before_the_worker_has_written_that_it_was_sent(post, mail, backend, village, recorded):
    outcomes = []

    def bounce_at_once(_message):
        [(bank_id, delivery_id)] = rows(backend, Delivery, Delivery.bank_id, Delivery.id)
        address = post.return_path.make(bank_id, delivery_id, GRACE)
        outcomes.append(comes_back(post, postfix(address, GRACE)))

    mail.before = bounce_at_once
    send_what_is_due(post)
    assert outcomes == [Outcome.FAILED]
    post.watch.pass_by(minutes=30)
    mail.before = lambda _message: None
    assert send_what_is_due(post) == {}
    assert deliveries(backend)[0] == (Way.EMAIL, DeliveryState.FAILED, Failure.NO_SUCH_MAILBOX)
    assert tasks(backend) == ["email_fails", "tell_by_phone"]


def test_what_was_sent_to_an_older_e_mail_is_left_at_that(post, does, village, backend, sent):
    does(change_profile, Profile("Grace Okafor", "new@example.org", PHONE, ""), by=village.grace)
    assert comes_back(post, postfix(sent, GRACE)) is Outcome.FAILED
    assert failed_at(backend, village.grace) is None
    assert deliveries(backend) == [(Way.EMAIL, DeliveryState.FAILED, Failure.NO_SUCH_MAILBOX)]
    assert tasks(backend) == []


def test_who_has_answered_meanwhile_is_not_rung(post, does, village, backend, sent, recorded):
    does(actions.confirm, recorded, by=village.grace)
    assert comes_back(post, postfix(sent, GRACE)) is Outcome.FAILED
    assert tasks(backend) == ["email_fails"]
    assert failed_at(backend, village.grace) == post.watch()


def test_old_news_is_not_told_otherwise(post, backend, sent):
    post.watch.pass_by(days=15)
    assert comes_back(post, postfix(sent, GRACE)) is Outcome.FAILED
    assert tasks(backend) == ["email_fails"]


def test_who_has_left_costs_nobody_a_task(post, backend, village, sent):
    with backend.session() as session:
        left = update(Membership).where(Membership.id == village.grace.membership_id)
        session.execute(left.values(standing=Standing.LEFT))
        session.commit()
    assert comes_back(post, postfix(sent, GRACE)) is Outcome.FAILED
    assert tasks(backend) == []


def test_a_token_counts_for_thirty_days(post, backend, village, sent):
    post.watch.pass_by(days=30, seconds=1)
    assert comes_back(post, postfix(sent, GRACE)) is Outcome.NOTHING
    assert comes_back(post, complaint(sent)) is Outcome.NOTHING
    assert deliveries(backend) == [(Way.EMAIL, DeliveryState.SENT, None)]


def test_only_what_was_sent_by_e_mail_comes_back(post, backend, village):
    with backend.session() as session:
        ids = [
            put_into_delivery(
                session, village.angus.id, village.grace.membership_id, Topic.ABOUT_YOU, way, [], now=post.watch()
            )
            for way in (Way.PHONE, Way.EMAIL)
        ]
        session.commit()
        phone = update(Delivery).where(Delivery.id == ids[0])
        session.execute(phone.values(state=DeliveryState.SENT, ended_at=post.watch()))
        session.commit()
    for delivery_id in [*ids, 5]:  # by telephone, not sent yet, and none at all
        address = post.return_path.make(village.angus.id, delivery_id, GRACE)
        assert comes_back(post, postfix(address, GRACE)) is Outcome.NOTHING
    assert rows(backend, Delivery) == [(DeliveryState.SENT,), (DeliveryState.READY,)]


def test_a_token_of_one_bank_means_nothing_in_another(post, backend, village, sent):
    with backend.session() as session:
        delivery_id = session.scalar(select(Delivery.id))
    other = post.return_path.make(village.perth.id, delivery_id, GRACE)
    assert comes_back(post, postfix(other, GRACE)) is Outcome.NOTHING
    forged = sent.replace(other.partition("@")[0][-12:], "000000000000")
    assert comes_back(post, postfix(forged.replace("+", "+1"), GRACE)) is Outcome.NOT_OURS
    assert deliveries(backend) == [(Way.EMAIL, DeliveryState.SENT, None)]


def test_a_code_that_comes_back_is_not_read_out(post, mail, does, village, backend):
    does(mail_email_code, by=village.grace, key="send")
    send_what_is_due(post)
    assert comes_back(post, postfix(mail.return_paths[-1], GRACE)) is Outcome.FAILED
    assert [way for way, _state, _failure in deliveries(backend)] == [Way.EMAIL]
    assert tasks(backend) == ["email_fails"]


def test_answers_change_nothing(post, backend, village, sent):
    for headers in ("", "Auto-Submitted: auto-replied\n", "Precedence: bulk\n", "Return-Path: <>\n"):
        assert comes_back(post, written(sent, headers)) is Outcome.NOTHING
    assert deliveries(backend) == [(Way.EMAIL, DeliveryState.SENT, None)]
    assert rows(backend, Task, Task.kind) == []
    with backend.session() as session:
        assert session.scalars(select(Bounce.kind)).all() == []


def test_who_writes_back_is_told_whom_to_write_to_once_in_a_week(smtp_office, mail_server, backend, village, recorded):
    with backend.session() as session:
        session.get_one(Bank, village.angus.id).email = "office@example.org"
        session.commit()
    post = returning(smtp_office)
    send_what_is_due(post)
    address = mail_server.return_paths[0]
    assert comes_back(post, reply(address, GRACE)) is Outcome.ANSWERED
    assert comes_back(post, reply(address, GRACE)) is Outcome.NOTHING
    assert send_what_is_due(post) == {"sent": 1}
    to, answer = mail_server.taken[-1]
    assert to == GRACE
    assert mail_server.return_paths[-1] == "<>"
    assert answer["Auto-Submitted"] == "auto-replied"
    text = answer.get_body(("plain",)).get_content()
    assert "Please write to office@example.org instead." in text
    assert "Or ring us on 01632 960 001." in text
    assert [state for _way, state, _failure in deliveries(backend)] == [DeliveryState.SENT, DeliveryState.SENT]
    assert tasks(backend) == []


def test_another_e_mail_is_answered_again_after_a_week(post, mail, does, backend, village, sent):
    assert comes_back(post, reply(sent, GRACE)) is Outcome.ANSWERED
    does(actions.record, village.angus, _terms(village), by=village.ada, key="other", at=post.watch())
    send_what_is_due(post)
    [later] = set(mail.return_paths) - {sent, ""}
    post.watch.pass_by(days=6)
    assert comes_back(post, reply(later, GRACE)) is Outcome.NOTHING
    post.watch.pass_by(days=1)
    assert comes_back(post, reply(later, GRACE)) is Outcome.ANSWERED


def test_nobody_is_answered_but_who_was_written_to(post, does, mail, village, backend, sent):
    assert comes_back(post, reply(sent, "victim@example.org")) is Outcome.NOTHING
    does(change_profile, Profile("Grace Okafor", "new@example.org", PHONE, ""), by=village.grace)
    assert comes_back(post, reply(sent, GRACE)) is Outcome.NOTHING
    send_what_is_due(post)
    assert "" not in mail.return_paths


def test_an_answer_that_is_refused_is_read_out_to_nobody(smtp_office, mail_server, backend, recorded):
    post = returning(smtp_office)
    send_what_is_due(post)
    comes_back(post, reply(mail_server.return_paths[0], GRACE))
    mail_server.on_recipient = lambda _address: "550 5.7.1 blocked"
    assert send_what_is_due(post) == {"refused": 1}
    assert [way for way, _state, _failure in deliveries(backend)] == [Way.EMAIL, Way.EMAIL]
    assert tasks(backend) == ["email_fails"]


def choice_of(backend, village, topic):
    with backend.session() as session:
        return find_choice(session, village.angus.id, village.grace.membership_id, topic)


def stops(backend):
    return rows(backend, TrailRow, TrailRow.deed).count((DeedName.NOTICES_STOPPED,))


def test_a_complaint_ends_what_goes_round_the_bank_and_nothing_else(post, does, village, backend, sent):
    assert comes_back(post, complaint(sent)) is Outcome.STOPPED
    assert choice_of(backend, village, Topic.ROUND_THE_BANK).way is Way.NONE
    assert choice_of(backend, village, Topic.ABOUT_YOU) == USUAL[Topic.ABOUT_YOU]
    assert stops(backend) == 1
    assert comes_back(post, complaint(sent)) is Outcome.NOTHING
    assert stops(backend) == 1
    assert deliveries(backend) == [(Way.EMAIL, DeliveryState.SENT, None)]
    assert (tasks(backend), failed_at(backend, village.grace)) == ([], None)


def test_a_complaint_about_e_mails_ends_no_letters(post, backend, village, sent):
    letters = Choice(Way.LETTER, Often.MONTHLY)
    with backend.session() as session:
        session.add(
            NoticeChoice(
                bank_id=village.angus.id,
                member_id=village.grace.membership_id,
                topic=Topic.ROUND_THE_BANK,
                way=letters.way,
                often=letters.often,
                chosen_at=post.watch(),
            )
        )
        session.commit()
    assert comes_back(post, complaint(sent)) is Outcome.NOTHING
    assert choice_of(backend, village, Topic.ROUND_THE_BANK) == letters


def test_who_complains_at_an_older_e_mail_ends_nothing(post, does, backend, village, sent):
    does(change_profile, Profile("Grace Okafor", "new@example.org", PHONE, ""), by=village.grace)
    assert comes_back(post, complaint(sent)) is Outcome.NOTHING
    assert choice_of(backend, village, Topic.ROUND_THE_BANK) == USUAL[Topic.ROUND_THE_BANK]
    assert stops(backend) == 0


def test_a_bounce_that_lost_a_conflict_is_taken_once_more(post, backend, sent, monkeypatch):
    tries = []
    mark, conflict = returned.mark_returned, Exception()
    conflict.sqlstate = "40P01"
    error = OperationalError("UPDATE", {}, conflict)

    def fail_at_first(*args):
        tries.append(args)
        if len(tries) == 1:
            raise error
        mark(*args)

    monkeypatch.setattr(returned, "mark_returned", fail_at_first)
    assert comes_back(post, postfix(sent, GRACE)) is Outcome.FAILED
    assert len(tries) == 2
    assert tasks(backend) == ["email_fails", "tell_by_phone"]


def test_a_digest_that_comes_back_is_not_read_out(post, backend, village, sent):
    with backend.session() as session:
        session.execute(update(Delivery).values(topic=Topic.ROUND_THE_BANK))
        session.execute(update(Notice).values(kind=NoticeKind.DIGEST))
        session.commit()
    assert comes_back(post, postfix(sent, GRACE)) is Outcome.FAILED
    assert tasks(backend) == ["email_fails"]


def test_nothing_personal_stands_in_the_log(post, sent, caplog):
    with caplog.at_level(logging.DEBUG):
        comes_back(post, postfix(sent, GRACE))
    assert "mail came back: no_such_mailbox" in caplog.text
    assert "@" not in caplog.text
    assert "Grace" not in caplog.text


def test_old_bounces_go_before_their_deliveries(post, backend, village, sent):
    comes_back(post, postfix(sent, GRACE))
    with backend.session() as session:
        remove_old_bounces(session, post.watch() + timedelta(days=43))
        assert session.scalars(select(Bounce.kind)).all() == ["no_such_mailbox"]
        remove_old_bounces(session, post.watch() + timedelta(days=45))
        assert session.scalars(select(Bounce.kind)).all() == []
        session.rollback()
        session.execute(update(Bounce).values(came_at=post.watch() + KEPT))  # a worker that was away for a year
        remove_old_bounces(session, post.watch() + KEPT + timedelta(days=1))
        remove_old(session, post.watch() + KEPT + timedelta(days=1))
        session.commit()


def test_who_reads_weekly_is_told_by_telephone_too(post, mail, does, village, backend, recorded):
    chooses(does, village.grace, Way.EMAIL, Often.WEEKLY)
    post.watch.pass_by(days=2)
    send_what_is_due(post)
    assert comes_back(post, postfix(mail.return_paths[-1], GRACE)) is Outcome.FAILED
    assert tasks(backend) == ["email_fails", "tell_by_phone"]
