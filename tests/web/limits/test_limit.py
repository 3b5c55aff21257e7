"""A member's limit: today's, where it comes from, and a broker's change for a time."""

from datetime import timedelta

import pytest

from tests.people import NOW
from timebank.codes import spoken

TYPED = {"below": "30 hours", "reason": "Back from hospital", "until": "31 March 2027"}


@pytest.fixture
def path(village):
    """Where Grace's limit is."""
    return f"members/{spoken(village.grace.code)}/limit"


def floor(books, village):
    return books.account(village.grace).floor


def test_a_broker_comes_from_the_members_page_and_lowers_it(as_, village, books, path):
    rosa = as_(village.rosa)
    page = rosa.get(rosa.get(f"members/{spoken(village.grace.code)}").links["How far below zero"])
    assert "Lowest agreed 20 hours below zero" in page
    assert "Why The usual limit of this time bank." in page
    page = rosa.done(page, **TYPED)
    assert "The limit of Grace Okafor is changed." in page
    assert "Lowest agreed 30 hours below zero" in page
    assert "Until Wednesday 31 March 2027" in page
    assert "30 hours below zero until 31 Mar 2027 Back from hospital 21 Nov, 10:00 · Rosa Lindsay" in page
    assert floor(books, village) == -1800
    assert books.are_right()


def test_hours_move_again_once_it_is_lower(as_, village, books, path):
    books.confirmed(village.ada, village.grace, minutes=1200)
    code = books.recorded(village.linus, village.grace, minutes=60)
    grace, rosa = as_(village.grace), as_(village.rosa)
    refused = grace.submit(grace.get(f"exchanges/{code}/confirmation"))
    assert "Ring Mary Duncan on 01632 960 001, there is always a way." in refused
    rosa.done(rosa.get(path), "Change the limit", **TYPED)
    grace.done(refused)
    assert books.balance(village.grace) == -1260


@pytest.mark.parametrize(
    ("phone", "coordinator", "said"),
    [
        ("01632 960 001", "", "Ring us on 01632 960 001, there is always a way."),
        ("", "Mary Duncan", "Ring us, there is always a way."),
    ],
)
def test_whom_to_ring_where_the_bank_says_less_of_itself(phone, coordinator, said, as_, village, books):
    with books.backend.session() as session:
        bank = session.merge(village.angus)
        bank.phone, bank.coordinator_name = phone, coordinator
        session.commit()
    books.confirmed(village.ada, village.grace, minutes=1200)
    code = books.recorded(village.linus, village.grace)
    grace = as_(village.grace)
    assert said in grace.submit(grace.get(f"exchanges/{code}/confirmation"))


def test_a_broker_who_meets_the_floor_reads_where_it_is_changed(as_, village, books):
    books.confirmed(village.ada, village.grace, minutes=1200)
    code = books.disputed(village.linus, village.grace)
    rosa = as_(village.rosa)
    page = rosa.submit(rosa.get(f"exchanges/{code}/decision"), how_long="2 h", reason="Both rang me")
    page = rosa.submit(page, "Yes, decide this")
    assert "open the member's page, then 'How far below zero'." in page


def test_sending_it_twice_changes_it_once(as_, village, books, path):
    rosa = as_(village.rosa)
    page = rosa.get(path)
    assert [rosa.submit(page, **TYPED).status for _time in range(2)] == [303, 303]
    assert books.count("limit_change") == 12
    refused = rosa.submit(page, **TYPED | {"below": "40 hours"})
    assert "You sent this already, with other words." in refused


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"below": ""}, "Type how far, such as 30 hours."),
        ({"below": "30"}, "Type it with a word, such as 30 hours."),
        ({"below": "a lot"}, "Type how many hours, such as 20 hours or 1 h 30."),
        ({"reason": "  "}, "Say why. It stays on record."),
        ({"reason": "x" * 2001}, "Say it in 2,000 letters or fewer."),
        ({"until": ""}, "Type the last day."),
        ({"until": "some day"}, "Type the day, such as 17 November or 17/11/2026."),
        ({"until": "yesterday"}, "Choose a day from today on, and at most a year ahead."),
        ({"until": "1 January 2028"}, "Choose a day from today on, and at most a year ahead."),
        ({"below": "1 hour"}, "Today they are 2 h 15 min below zero. The limit has to be at least that far below."),
    ],
)
def test_an_incomplete_form_is_refused_and_keeps_what_was_typed(typed, sentence, as_, village, books, path):
    books.confirmed(village.ada, village.grace, minutes=135)
    rosa = as_(village.rosa)
    page = rosa.submit(rosa.get(path), **TYPED | typed)
    assert page.status == 200
    assert sentence in page
    assert {name: page.form.fields[name] for name in TYPED} == {name: [said] for name, said in (TYPED | typed).items()}
    assert floor(books, village) == -1200


def test_what_was_lowered_ends_early(as_, village, books, path):
    rosa = as_(village.rosa)
    assert not rosa.get(path).has_button("End this today")
    rosa.done(rosa.get(path), **TYPED)
    page = rosa.get(path)
    answers = [rosa.submit(page, "End this today").status for _time in range(2)]
    assert answers == [303, 303]
    assert "Ended before its time." in rosa.get(path)
    assert floor(books, village) == -1200


def test_after_its_day_the_page_says_that_it_rises(as_, village, books, path, clock):
    rosa = as_(village.rosa)
    rosa.done(rosa.get(path), **TYPED | {"until": "tomorrow"})
    clock.move_to(NOW + timedelta(days=2))
    page = rosa.get(path)
    assert "The time for it is over. It rises day by day to the usual limit" in page
    assert not page.has_button("End this today")


def test_nobody_changes_their_own(as_, village):
    own = f"members/{spoken(village.rosa.code)}"
    rosa = as_(village.rosa)
    assert "How far below zero" not in rosa.get(own).links
    assert rosa.get(f"{own}/limit").status == 403
    assert rosa.post(f"{own}/limit", **TYPED).status == 403
    assert rosa.post(f"{own}/limit/ending").status == 403


def test_a_member_who_is_not_there_or_of_another_bank_has_none_here(as_, village):
    rosa = as_(village.rosa)
    for code in ("AAAA-AAAA", spoken(village.perdita.code)):
        assert rosa.get(f"members/{code}/limit").status == 404
        assert rosa.post(f"members/{code}/limit/ending").status == 404


def test_the_form_says_who_can_read_the_reason_and_they_can(as_, village, path):
    rosa = as_(village.rosa)
    page = rosa.get(path)
    assert "Brokers, and those who answer for the books, can read it." in page
    rosa.done(page, **TYPED)
    assert "Back from hospital" in as_(village.audrey).get("audit/overrides")
