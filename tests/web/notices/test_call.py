"""What brokers say on the telephone, and what came of it."""

import pytest

from tests.people import show_phone_is_theirs
from timebank.banks.models import Bank
from timebank.codes import spoken
from timebank.notices.models import DeliveryState
from timebank.notices.rules import Way


def page_of(actor):
    return f"members/{spoken(actor.code)}/call"


def deliveries(books):
    return [(row.state, row.tries, row.failure) for row in books.ask("SELECT state, tries, failure FROM delivery")]


@pytest.fixture
def told(books, village):
    """Hours wait for Grace, who is notified by telephone; the task about it is open."""
    code = books.recorded(village.ada, village.grace).replace("-", "")
    books.told(village.grace, way=Way.PHONE, code=code)
    books.task(f"member:{village.grace.code}", kind="tell_by_phone")
    return code


def test_a_broker_comes_from_the_task_reads_what_to_tell_and_says_it_is_done(as_, village, books, told):
    rosa = as_(village.rosa)
    task = rosa.get(rosa.get("tasks").links["Ring Grace Okafor: something to tell"])
    page = rosa.get(task.links["What to tell, and the number"])
    assert "Ada Lamont has written down help between the two of you." in page
    page = rosa.done(page, "I told them")
    assert "Thank you. It is written down." in page
    assert "Ring Grace Okafor" not in page
    assert deliveries(books) == [(DeliveryState.SENT, 1, None)]


def test_who_is_not_reached_is_tried_again_and_then_a_broker_decides(as_, village, books, told):
    rosa = as_(village.rosa)
    page = rosa.get(page_of(village.grace))
    assert "Leave it at that" not in page
    page = rosa.done(page, "I left word, or nobody answered")
    assert "Tried once." in page
    page = rosa.done(page, "I left word, or nobody answered")
    assert "Tried 2 times." in page
    rosa.done(page, "Leave it at that")
    assert deliveries(books) == [(DeliveryState.FAILED, 3, "not_reached")]


def test_a_wrong_number_is_a_task(as_, village, books, told):
    rosa = as_(village.rosa)
    page = rosa.done(rosa.get(page_of(village.grace)), "The number is wrong")
    assert "A wrong number: Grace Okafor" in page
    assert deliveries(books) == [(DeliveryState.FAILED, 1, "wrong_number")]
    # a call is no e-mail
    assert as_(None).client.get("/readyz").json["emails_failed_in_a_day"] == 0


def test_what_is_answered_meanwhile_is_not_told(as_, village, books, told):
    grace, rosa = as_(village.grace), as_(village.rosa)
    grace.post(f"exchanges/{spoken(told)}/confirmation")
    page = rosa.get(page_of(village.grace))
    assert "There is nothing to tell any more." in page
    rosa.done(page, "Take it off the list")
    assert "Ring Grace Okafor" not in rosa.get("tasks")


def test_an_outcome_that_is_none_is_no_page(as_, village):
    assert as_(village.rosa).post(f"{page_of(village.grace)}/perhaps").status == 404


def test_who_is_rung_about_a_message_is_told_who_wrote_and_how_to_read_it(as_, village, books):
    books.written(village.ada, village.grace, "The key is under the stone.")
    code = books.ask("SELECT code FROM conversation")[0].code
    books.told(village.grace, way=Way.PHONE, code=code, subject="conversation")
    page = as_(village.rosa).get(page_of(village.grace))
    assert "Ada Lamont has written to you." in page
    assert "Only the two of you read it, so we do not know what it says." in page
    assert "on the page" not in page
    assert "under the stone" not in page


def test_who_could_answer_by_text_can_be_rung_too_and_no_code_is_read_out(as_, village, books, told):
    with books.backend.session() as session:
        bank = session.get_one(Bank, village.angus.id)
        bank.texts_a_month, bank.answers_by_text = 100, True
        show_phone_is_theirs(session, village.grace, "+447400123456")
        session.commit()
    page = as_(village.rosa).get(page_of(village.grace))
    assert "Ada Lamont has written down help between the two of you." in page
    assert "Text back" not in page
