"""Notices by post: from the deed to the letter, its bundle and the post box, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.people import make_recorded
from tests.races import one_inside_the_other
from tests.worker.conftest import MORNING
from timebank.actors import Doing, Role
from timebank.banks.models import Bank
from timebank.errors import NotAllowedError
from timebank.exchanges import actions
from timebank.members.models import Person
from timebank.notices.actions import choose
from timebank.notices.kinds import Topic
from timebank.notices.models import Delivery, DeliveryState, Dropped, LetterBundle
from timebank.notices.outbox import drop_all, remove_old
from timebank.notices.rules import Choice, Often, Way
from timebank.tasks.models import Task
from timebank.telling.errors import NothingToPostError
from timebank.telling.letters import (
    count_letters,
    find_bundle,
    list_bundles,
    list_letters,
    note_posted,
    open_task_again,
    print_letters,
)
from timebank.telling.posted_letters import print_again
from timebank.worker.sending import send_what_is_due

BY_POST = Choice(Way.LETTER, Often.AT_ONCE)
NEWS_BY_POST = Choice(Way.LETTER, Often.MONTHLY)


@pytest.fixture
def does(backend, village):
    def do(act, *args, by=village.rosa, at=MORNING, key=None, **more):
        with backend.session() as session:
            result = act(session, *args, Doing(by, at, key), **more)
            session.commit()
            return result

    return do


@pytest.fixture
def by_post(backend, village, does):
    """Grace is told by post, in a bank that sends letters."""
    with backend.session() as session:
        session.get_one(Bank, village.angus.id).sends_letters = True
        session.get_one(Person, village.grace.person_id).postal_address = "2 Mill Lane\nGlen Isla"
        session.commit()
    does(choose, {Topic.ABOUT_YOU: BY_POST, Topic.ROUND_THE_BANK: NEWS_BY_POST}, by=village.grace)


@pytest.fixture
def recorded(backend, village, by_post):
    """The code of help that Ada recorded, and that Grace has to confirm."""
    return record(backend, village)


def record(backend, village, what="Mending a gate"):
    with backend.session() as session:
        code = make_recorded(session, village, village.ada, village.grace, what=what)
        session.commit()
    return code


def letters(backend, bundle_id=None):
    with backend.session() as session:
        bank_id = session.scalars(select(Bank.id).order_by(Bank.id)).first()
        return [
            (letter.reader.name, len(letter.notices), letter.is_needed)
            for letter in list_letters(session, bank_id, MORNING, bundle_id)
        ]


def states(backend):
    with backend.session() as session:
        query = select(Delivery.way, Delivery.state, Delivery.failure).order_by(Delivery.id)
        return [tuple(row) for row in session.execute(query)]


def tasks(backend):
    with backend.session() as session:
        return [tuple(row) for row in session.execute(select(Task.kind, Task.status).order_by(Task.id))]


def test_what_waits_for_who_is_told_by_post_is_one_letter_and_one_task(office, mail, backend, village, recorded):
    assert send_what_is_due(office) == {}
    record(backend, village, what="A lift to town")
    assert send_what_is_due(office) == {}
    assert mail.sent == []
    assert letters(backend) == [("Grace Okafor", 2, True)]
    assert tasks(backend) == [("post_letters", "open")]


def test_a_letter_is_printed_then_posted_and_the_task_is_done(office, backend, village, recorded, does):
    send_what_is_due(office)
    code = does(print_letters, village.angus, key="print")
    assert does(print_letters, village.angus, key="print") == code
    assert letters(backend) == []
    with backend.session() as session:
        [bundle] = list_bundles(session, village.angus.id)
    assert (bundle.code, bundle.printed_by, bundle.letters) == (code, village.rosa.membership_id, 1)
    assert letters(backend, bundle.id) == [("Grace Okafor", 1, True)]
    assert tasks(backend) == [("post_letters", "open")]
    assert does(note_posted, village.angus, code, [village.grace.code], key="post") == 1
    assert does(note_posted, village.angus, code, [village.grace.code], key="post") == 0
    assert states(backend) == [("letter", DeliveryState.SENT, None)]
    assert tasks(backend) == [("post_letters", "done")]
    with pytest.raises(NothingToPostError):
        does(note_posted, village.angus, code, [village.grace.code])
    with backend.session() as session:
        remove_old(session, MORNING + timedelta(days=400))
        session.commit()
        assert session.scalars(select(LetterBundle.id)).all() == []


def test_what_comes_after_the_printing_is_for_the_next_letter(office, backend, village, recorded, does):
    """A letter that was marked as posted never has anything in it that stood on no paper."""
    send_what_is_due(office)
    code = does(print_letters, village.angus)
    record(backend, village, what="A lift to town")
    send_what_is_due(office)
    does(note_posted, village.angus, code, [village.grace.code])
    assert letters(backend) == [("Grace Okafor", 1, True)]
    assert tasks(backend) == [("post_letters", "open")]


def test_what_was_not_posted_comes_with_the_next_letters(office, backend, village, recorded, does):
    send_what_is_due(office)
    code = does(print_letters, village.angus)
    assert does(note_posted, village.angus, code, []) == 0
    assert letters(backend) == [("Grace Okafor", 1, True)]
    assert tasks(backend) == [("post_letters", "open")]
    assert states(backend) == [("letter", DeliveryState.READY, None)]


def test_what_was_answered_meanwhile_is_not_printed(office, backend, village, recorded, does):
    send_what_is_due(office)
    does(actions.confirm, recorded, by=village.grace)
    assert letters(backend) == [("Grace Okafor", 0, False)]
    code = does(print_letters, village.angus)
    with backend.session() as session:
        bundle = find_bundle(session, village.angus.id, code)
        assert bundle is not None
        assert (bundle.posted_at, bundle.letters) == (MORNING, 0)
    assert states(backend) == [("letter", DeliveryState.DROPPED, Dropped.NO_LONGER_TRUE)]
    assert tasks(backend) == [("post_letters", "done")]


def test_a_letter_without_an_address_is_not_printed_and_told_otherwise(office, backend, village, recorded, does):
    send_what_is_due(office)
    with backend.session() as session:
        session.get_one(Person, village.grace.person_id).postal_address = ""
        session.commit()
    assert letters(backend) == [("Grace Okafor", 1, False)]
    does(print_letters, village.angus)
    assert states(backend) == [
        ("letter", DeliveryState.DROPPED, Dropped.NO_WAY),
        ("email", DeliveryState.READY, None),
    ]
    assert tasks(backend) == [("post_letters", "done")]


def test_who_wants_no_notices_any_more_gets_no_letter(office, backend, village, recorded, does):
    send_what_is_due(office)
    none = Choice(Way.NONE, Often.AT_ONCE)
    does(choose, {Topic.ABOUT_YOU: none, Topic.ROUND_THE_BANK: none}, by=village.grace)
    assert letters(backend) == [("Grace Okafor", 0, False)]


def test_only_brokers_print_and_post(office, backend, village, recorded, does):
    send_what_is_due(office)
    with pytest.raises(NotAllowedError):
        does(print_letters, village.angus, by=village.ada)
    code = does(print_letters, village.angus)
    with pytest.raises(NotAllowedError):
        does(note_posted, village.angus, code, [], by=village.ada)
    does(note_posted, village.angus, code, [village.grace.code])
    with pytest.raises(NotAllowedError):
        does(print_again, code, by=village.ada)
    does(print_again, code)


def test_another_bank_sees_and_posts_none_of_them(office, backend, village, recorded, does):
    send_what_is_due(office)
    code = does(print_letters, village.angus)
    with backend.session() as session:
        assert count_letters(session, village.perth.id) == 0
        assert list_bundles(session, village.perth.id) == []
        broker = replace(village.perdita, roles=village.perdita.roles | {Role.BROKER})
        with pytest.raises(NothingToPostError):
            note_posted(session, village.perth, code, [village.grace.code], Doing(broker, MORNING))


def test_two_brokers_who_print_at_once_print_each_letter_once(office, backend, village, recorded):
    send_what_is_due(office)

    def print_them(session, village):
        print_letters(session, village.angus, Doing(village.rosa, MORNING))

    assert one_inside_the_other(backend, village, print_them, print_them) is NothingToPostError
    with backend.session() as session:
        assert [bundle.letters for bundle in list_bundles(session, village.angus.id)] == [1]


def test_who_no_e_mail_reaches_and_who_has_no_phone_gets_a_letter(office, mail, backend, village, does):
    with backend.session() as session:
        session.get_one(Bank, village.angus.id).sends_letters = True
        person = session.get_one(Person, village.grace.person_id)
        person.postal_address, person.phone = "2 Mill Lane", None
        session.commit()
    record(backend, village)

    def refuse(message):
        raise RuntimeError

    mail.before = refuse
    assert send_what_is_due(office) == {"unwritable": 1}
    assert states(backend) == [("email", DeliveryState.FAILED, "program"), ("letter", DeliveryState.READY, None)]
    assert letters(backend) == [("Grace Okafor", 1, True)]
    assert sorted(tasks(backend)) == [("email_fails", "open"), ("post_letters", "open")]


@pytest.mark.parametrize("sends_letters", [True, False])
def test_a_bank_that_sends_no_letters_tells_by_another_way(office, mail, backend, village, by_post, sends_letters):
    with backend.session() as session:
        session.get_one(Bank, village.angus.id).sends_letters = sends_letters
        session.commit()
    record(backend, village)
    assert send_what_is_due(office)["sent"] == (0 if sends_letters else 1)


def test_the_task_comes_back_where_somebody_finished_it_while_letters_wait(office, backend, village, recorded):
    send_what_is_due(office)
    with backend.session() as session:
        session.execute(update(Task).values(status="done", done_at=MORNING, done_by=village.rosa.membership_id))
        open_task_again(session, village.angus, MORNING)
        open_task_again(session, village.perth, MORNING)
        session.commit()
    assert tasks(backend) == [("post_letters", "done"), ("post_letters", "open")]


def test_after_a_restore_no_bundle_waits_to_be_posted(office, backend, village, recorded, does):
    send_what_is_due(office)
    does(print_letters, village.angus)
    with backend.session() as session:
        drop_all(session, MORNING)
        session.commit()
        assert list_bundles(session, village.angus.id) == []
