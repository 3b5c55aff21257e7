from datetime import timedelta

import pytest

from tests.people import NOW, TODAY
from timebank.codes import spoken
from timebank.exchanges.drafts import Purpose
from timebank.exchanges.rules import Side

WHOLE = {"what": "Gardening", "day": TODAY, "minutes": 90}


def test_the_check_page_says_who_gives_what_when_how_long_and_what_it_changes(as_, village, books, draft):
    books.confirmed(village.linus, village.ada, minutes=30)
    page = as_(village.ada).get(f"drafts/{draft(**WHOLE)}/check")
    assert "Who gave Ada Lamont (you)" in page
    assert "Who received Grace Okafor" in page
    assert "When Today, Saturday 21 November" in page
    assert "How long 1 hour 30 minutes" in page
    assert "Your hours now 30 minutes below zero Your hours after 1 hour to use" in page
    assert "Nothing moves yet. Grace will be asked if this is right." in page


def test_who_received_help_reads_it_the_other_way_round(as_, village, draft):
    page = as_(village.ada).get(f"drafts/{draft(side=Side.RECEIVER, **WHOLE)}/check")
    assert "Who gave Grace Okafor" in page
    assert "Who received Ada Lamont (you)" in page
    assert "Your hours after 1 hour 30 minutes below zero" in page


def test_the_balance_of_the_other_is_not_shown(as_, village, books, draft):
    books.confirmed(village.linus, village.grace, minutes=345)
    page = as_(village.ada).get(f"drafts/{draft(**WHOLE)}/check")
    assert "5 hours 45" not in page
    assert "7 hours 15" not in page


def test_sending_it_makes_one_exchange_moves_nothing_and_says_what_happens_next(as_, village, books, draft):
    ada = as_(village.ada)
    page = ada.done(ada.get(f"drafts/{draft(**WHOLE)}/check"))
    made = books.only_exchange()
    assert "Sent" in page.title
    assert "Ada Lamont gave 1 hour 30 minutes to Grace Okafor" in page
    assert f"Your reference: {spoken(made.code)}" in page
    assert "No hours have moved yet. Grace is asked if this is right." in page
    assert (made.state, made.minutes, made.occurred_on, made.what) == ("recorded", 90, TODAY, "Gardening")
    assert (made.giver_account_id, made.receiver_account_id) == (village.ada.account_id, village.grace.account_id)
    assert books.steps(made.code) == [("record", village.ada.membership_id)]
    assert books.balance(village.ada) == books.balance(village.grace) == 0
    assert books.count("entry") == 0


def test_time_is_counted_in_quarters_rounded_up_and_the_page_says_so(as_, village, books, draft):
    ada = as_(village.ada)
    page = ada.get(f"drafts/{draft(**WHOLE | {'minutes': 20})}/check")
    assert "How long 30 minutes" in page
    assert "You typed 20 minutes. We count in quarters of an hour, rounded up." in page
    ada.done(page)
    assert books.only_exchange().minutes == 30


def test_an_answer_can_be_changed_from_the_check_page(as_, village, books, draft):
    ada, code = as_(village.ada), draft(**WHOLE)
    for label, typed, shown in (
        ("Change What", {"what": "Hedge cutting"}, "What Hedge cutting"),
        ("Change When", {"choice": "yesterday"}, "When Yesterday, Friday 20 November"),
        ("Change How long", {"choice": "120", "how_long": ""}, "How long 2 hours"),
        ("Change Who received", {"person": "", "words": "Linus"}, "Who received Linus Baxter"),
    ):
        question = ada.get(ada.get(f"drafts/{code}/check").links[label])
        page = ada.done(question, **typed)
        assert "Check before you send" in page.title
        assert shown in page
    ada.done(page)
    made = books.only_exchange()
    assert (made.what, made.minutes, made.receiver_account_id) == ("Hedge cutting", 120, village.linus.account_id)


def test_a_missing_answer_leads_back_to_its_question(as_, village, draft):
    ada = as_(village.ada)
    code = draft(what="Gardening", minutes=60)
    assert ada.get(f"drafts/{code}/check").to == f"/angus/drafts/{code}/when"


def test_sending_twice_makes_one_exchange_and_one_entry(as_, village, books, draft):
    ada, grace = as_(village.ada), as_(village.grace)
    page = ada.get(f"drafts/{draft(**WHOLE)}/check")
    first, second = ada.submit(page), ada.submit(page)
    assert first.status == second.status == 303
    assert first.to == second.to
    assert books.exchanges() == 1
    confirming = grace.get(f"exchanges/{spoken(books.only_exchange().code)}/confirmation")
    assert grace.submit(confirming).to == grace.submit(confirming).to
    assert books.count("entry") == 1
    assert books.balance(village.ada) == 90


def test_going_back_and_sending_the_same_again_shows_the_same_exchange(as_, village, books, draft):
    ada, code = as_(village.ada), draft(**WHOLE)
    first = ada.submit(ada.get(f"drafts/{code}/check"))
    second = ada.submit(ada.get(f"drafts/{code}/check"))
    assert (second.status, second.to) == (303, first.to)
    assert books.exchanges() == 1


def test_going_back_and_sending_something_else_under_the_same_key_is_refused(as_, village, books, draft):
    ada, code = as_(village.ada), draft(**WHOLE)
    ada.done(ada.get(f"drafts/{code}/check"))
    ada.done(ada.get(f"drafts/{code}/how-long"), choice="180", how_long="")
    page = ada.submit(ada.get(f"drafts/{code}/check"))
    assert page.status == 200
    assert "You sent this already, with other words. Start a new one to record something else." in page
    assert books.only_exchange().minutes == 90


def test_a_draft_that_grew_too_old_is_refused_kindly_and_kept(as_, village, books, draft, kept, clock):
    ada, code = as_(village.ada), draft(**WHOLE | {"day": TODAY - timedelta(days=88)})
    page = ada.get(f"drafts/{code}/check")
    clock.move_to(NOW + timedelta(days=3))
    page = ada.submit(page)
    assert page.status == 200
    assert "That is more than 90 days ago. Ring us and we record it together." in page
    assert "What Gardening" in page
    assert kept(code).minutes == 90
    assert books.exchanges() == 0


def test_asking_for_help_tells_what_it_would_change(as_, village, books, draft):
    day = TODAY + timedelta(days=3)
    code = draft(purpose=Purpose.PROPOSE, side=Side.RECEIVER, what="A lift", day=day, minutes=60)
    ada = as_(village.ada)
    page = ada.get(f"drafts/{code}/check")
    assert "Who gives Grace Okafor" in page
    assert "Who receives Ada Lamont (you)" in page
    page = ada.done(page)
    assert "Next: the other side says yes or no." in page
    made = books.only_exchange()
    assert (made.state, made.agreed_on, made.agreed_minutes, made.minutes) == ("proposed", day, 60, None)


QUESTIONS = ("who", "what", "when", "how-long", "check")


@pytest.mark.parametrize("question", QUESTIONS)
def test_anothers_draft_is_not_found_and_cannot_be_sent(question, as_, village, books, draft, kept):
    code = draft(**WHOLE)
    for actor in (village.grace, village.rosa, village.mary):
        browser = as_(actor)
        assert browser.get(f"drafts/{code}/{question}").status == 404
        assert browser.post(f"drafts/{code}/{question}", what="Mine now").status == 404
    assert books.exchanges() == 0
    assert kept(code).what == "Gardening"


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_draft_that_is_not_there_is_not_found(question, as_, village):
    assert as_(village.ada).get(f"drafts/AAAA-AAAA/{question}").status == 404


@pytest.mark.parametrize("question", QUESTIONS)
def test_without_signing_in_a_draft_leads_to_the_door_and_to_strangers_it_does_not_exist(question, as_, village, draft):
    code = draft(**WHOLE)
    assert as_(None).get(f"drafts/{code}/{question}").to.startswith("/angus/sign-in?next=/angus/drafts/")
    assert as_(village.perdita).get(f"/angus/drafts/{code}/{question}").status == 404
    assert as_(village.audrey).get(f"drafts/{code}/{question}").status == 403
