"""The page on which members choose how they are notified."""

import pytest

from tests.people import show_phone_is_theirs
from timebank.banks.models import Bank
from timebank.members.models import Person
from timebank.notices.kinds import Topic
from timebank.notices.queries import find_choice
from timebank.notices.rules import USUAL, Choice, Often, Way

PAGE = "my-notices"


def choice_of(books, actor, topic):
    with books.backend.session() as session:
        return find_choice(session, actor.bank_id, actor.membership_id, topic)


def test_the_page_begins_with_what_holds_for_who_has_chosen_nothing(as_, village):
    form = as_(village.ada).get(PAGE).form
    assert form.fields["about_you"] == ["email-at_once"]
    assert form.fields["round_the_bank"] == ["email-weekly"]


def test_a_member_comes_from_their_page_and_chooses(as_, village, books):
    ada = as_(village.ada)
    page = ada.get(ada.get("profile").links["How we tell you"])
    page = ada.done(page, about_you="phone-at_once", round_the_bank="none-at_once")
    assert "It is kept, and begins once we know where to." in page
    assert "You chose the telephone, and we know no number of yours." in page
    assert choice_of(books, village.ada, Topic.ABOUT_YOU) == Choice(Way.PHONE, Often.AT_ONCE)
    assert choice_of(books, village.ada, Topic.ROUND_THE_BANK) == Choice(Way.NONE, Often.AT_ONCE)
    assert page.form.fields["about_you"] == ["phone-at_once"]
    assert choice_of(books, village.grace, Topic.ABOUT_YOU) == USUAL[Topic.ABOUT_YOU]


def test_a_broker_chooses_for_a_member_who_rings(as_, village, books):
    rosa = as_(village.rosa)
    page = rosa.get(f"{PAGE}?acting={village.ada.code}&how=phone")
    rosa.done(page, about_you="phone-at_once", round_the_bank="email-monthly")
    assert choice_of(books, village.ada, Topic.ABOUT_YOU).way is Way.PHONE
    assert choice_of(books, village.rosa, Topic.ABOUT_YOU).way is Way.EMAIL


@pytest.mark.parametrize("typed", [{"about_you": ""}, {"about_you": "pigeon-daily"}, {"round_the_bank": "phone-daily"}])
def test_what_nobody_offered_is_refused_kindly_and_keeps_the_rest(as_, village, books, typed):
    ada = as_(village.ada)
    page = ada.submit(ada.get(PAGE), **({"about_you": "email-daily", "round_the_bank": "email-daily"} | typed))
    assert page.status == 200
    assert choice_of(books, village.ada, Topic.ABOUT_YOU) == USUAL[Topic.ABOUT_YOU]


def test_who_has_no_e_mail_reads_that_they_are_rung(as_, village, books):
    with books.backend.session() as session:
        session.get_one(Person, village.ada.person_id).email = None
        session.commit()
    assert "We know no e-mail of yours, so we ring you where we can." in as_(village.ada).get(PAGE)


def test_who_gets_nothing_by_their_e_mail_reads_it(as_, village, books, clock):
    with books.backend.session() as session:
        session.get_one(Person, village.ada.person_id).email_failed_at = clock().replace(tzinfo=None).astimezone()
        session.commit()
    assert "What we sent to ada@example.org came back." in as_(village.ada).get(PAGE)


@pytest.mark.parametrize("is_shown", [False, True])
def test_who_may_answer_by_text_is_led_to_show_their_phone_where_they_have_not(
    app, as_, village, books, monkeypatch, is_shown
):
    monkeypatch.setitem(app.config, "SENDS_TEXTS", "a gateway")
    with books.backend.session() as session:
        bank = session.get_one(Bank, village.angus.id)
        bank.texts_a_month, bank.answers_by_text = 100, True
        session.get_one(Person, village.ada.person_id).phone = "+447400123456"
        if is_shown:
            show_phone_is_theirs(session, village.ada, "+447400123456")
        session.commit()
    page = as_(village.ada).get(PAGE)
    assert "That takes a phone that is yours alone." in page
    assert page.links.get("Show that your phone is yours") == (None if is_shown else "/angus/profile/phone")
    acting = as_(village.rosa).get(f"{PAGE}?acting={village.ada.code}&how=phone")
    assert "Show that your phone is yours" not in acting
