"""The link in an e-mail: opening it changes nothing, and one click of a mail program stops (RFC 8058)."""

import pytest

from timebank.notices.kinds import Topic
from timebank.notices.queries import find_choice
from timebank.notices.rules import USUAL, Choice, Often, Way

STOPPED = Choice(Way.NONE, Often.AT_ONCE)


def choice_of(books, actor, topic):
    with books.backend.session() as session:
        return find_choice(session, actor.bank_id, actor.membership_id, topic)


@pytest.mark.parametrize("method", ["get", "head", "options"])
@pytest.mark.parametrize("topic", Topic)
def test_opening_the_link_changes_nothing(as_, village, books, topic, method):
    token = books.told(village.grace, topic)
    answer = getattr(as_(None).client, method)(f"/angus/stop/{token}")
    assert answer.status_code == 200
    assert choice_of(books, village.grace, topic) == USUAL[topic]


def test_the_page_says_what_stops_and_offers_something_else(as_, village, books):
    page = as_(None).get(f"stop/{books.told(village.grace, Topic.ROUND_THE_BANK)}")
    assert "What goes on round the time bank" in page
    assert "Nothing is changed yet." in page
    assert page.has_button("By e-mail, once a day")


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_one_click_of_a_mail_program_stops_without_a_cookie_a_form_or_signing_in(app, village, books, kind):
    token = books.told(village.grace, Topic.ROUND_THE_BANK)
    browser = app.test_client(use_cookies=False)
    for _time in range(2):
        data = {"List-Unsubscribe": "One-Click"}
        answer = browser.post(f"/angus/stop/{token}", data=data, content_type=kind)
        assert answer.status_code == 200
        assert choice_of(books, village.grace, Topic.ROUND_THE_BANK) == STOPPED


def test_stopping_one_topic_leaves_the_other(as_, village, books):
    token = books.told(village.grace, Topic.ROUND_THE_BANK)
    as_(None).post_bare(f"stop/{token}", **{"List-Unsubscribe": "One-Click"})
    assert choice_of(books, village.grace, Topic.ABOUT_YOU) == USUAL[Topic.ABOUT_YOU]
    assert choice_of(books, village.ada, Topic.ROUND_THE_BANK) == USUAL[Topic.ROUND_THE_BANK]


def test_a_button_of_the_page_chooses_something_rarer(as_, village, books):
    token = books.told(village.grace)
    visitor = as_(None)
    page = visitor.submit(visitor.get(f"stop/{token}"), "By e-mail, once a week")
    assert "From now on: By e-mail, once a week" in page
    assert choice_of(books, village.grace, Topic.ABOUT_YOU) == Choice(Way.EMAIL, Often.WEEKLY)


def test_what_nobody_offered_stops(as_, village, books):
    token = books.told(village.grace, Topic.ROUND_THE_BANK)
    assert as_(None).post_bare(f"stop/{token}", choice="phone-daily").status == 200
    assert choice_of(books, village.grace, Topic.ROUND_THE_BANK) == STOPPED


@pytest.mark.parametrize("token", ["A" * 32, "short"])
def test_a_made_up_token_is_no_page(as_, token):
    assert as_(None).get(f"stop/{token}").status == 404
    assert as_(None).post_bare(f"stop/{token}").status == 404


def test_a_token_of_another_bank_is_no_page(as_, village, books):
    assert as_(None).get(f"/perth/stop/{books.told(village.grace)}").status == 404
