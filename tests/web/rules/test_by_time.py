"""What becomes of recorded help that nobody answers: chosen by a coordinator, and read by everybody whom it touches."""

from datetime import timedelta

import pytest

from tests.people import NOW
from timebank.actors import How
from timebank.codes import heard, spoken
from timebank.exchanges.by_time import confirm_by_time

RULE = "Recorded help that nobody answers counts as right after 14 days"
BROKER = "Recorded help that nobody answers for 14 days is looked at by a broker."
SILENCE = "If we hear nothing before Saturday 5 December, it counts as right, and the hours move."


@pytest.fixture
def chosen(as_, village):
    """Mary has chosen that time confirms, the day before."""
    mary = as_(village.mary)
    page = mary.get(mary.get("rules").links["Change this"])
    return mary.done(page, then="time")


def confirm(books, village, code, days):
    with books.backend.session() as session:
        done = confirm_by_time(session, village.angus, heard(code), now=NOW + timedelta(days=days))
        session.commit()
    return done


def test_a_coordinator_chooses_it_and_answers_for_it_by_name(chosen, as_, village):
    assert RULE in chosen
    assert "Mary Duncan answers for this rule." in chosen
    assert "Mary Duncan answers for this rule." in as_(village.ada).get("rules")
    page = as_(village.clara).get("rules/by-time")
    assert "Mary Duncan has answered for it since 21 Nov, 10:00." in page


def test_without_it_a_broker_looks_and_another_coordinator_can_go_back_to_that(chosen, as_, village):
    clara = as_(village.clara)
    page = clara.done(clara.get("rules/by-time"), then="brokers")
    assert BROKER in page
    assert RULE not in page


def test_members_read_it_without_a_way_to_change_it(as_, village):
    page = as_(village.ada).get("rules")
    assert BROKER in page
    assert "Change this" not in page.links


def test_nothing_chosen_is_said_kindly(as_, village):
    mary = as_(village.mary)
    refused = mary.submit(mary.get("rules/by-time"), then="never")
    assert "Choose one of these." in refused
    assert BROKER in mary.get("rules")


def test_both_sides_read_from_which_day_silence_counts(chosen, as_, village, books):
    code = books.recorded(village.ada, village.grace)
    grace = as_(village.grace)
    assert SILENCE in grace.get(f"exchanges/{code}")
    assert SILENCE in grace.get(f"exchanges/{code}/confirmation")
    assert SILENCE in as_(village.ada).get(f"exchanges/{code}")


def test_without_the_rule_nobody_reads_of_it(as_, village, books):
    code = books.recorded(village.ada, village.grace)
    assert "it counts as right" not in as_(village.grace).get(f"exchanges/{code}")


def test_what_time_confirmed_says_so_to_both_and_to_the_auditor(chosen, as_, village, books):
    code = books.recorded(village.ada, village.grace, what="Mending a gate")
    assert confirm(books, village, code, 15)
    for reader in (village.ada, village.grace):
        page = as_(reader).get(f"exchanges/{code}")
        assert "Grace was asked twice and did not answer. By the rules of this time bank the hours have moved." in page
        assert "Mary Duncan for Grace Okafor confirmed it by the rule of this time bank" in page
        assert "Grace did not answer two reminders" in page
    audrey = as_(village.audrey)
    page = audrey.get("audit/not-signed-in")
    assert page.links["Mending a gate"] == f"/angus/exchanges/{code}"
    assert "Mary Duncan confirmed it for Grace Okafor, by time, after two reminders" in page
    entry = audrey.get(f"entries/exchange/{code}")
    assert "Mary Duncan confirmed it for Grace Okafor, by time, after two reminders" in entry


def test_nobody_who_acts_for_a_member_can_say_that_they_told_them_by_time(as_, village, books):
    code = books.recorded(village.ada, village.grace)
    rosa = as_(village.rosa)
    for how in (How.TIME, How.TEXT, How.REQUEST):
        address = f"exchanges/{code}/confirmation?acting={spoken(village.grace.code)}&how={how.value}"
        assert rosa.get(address).status == 403
        assert rosa.post(address).status == 403
    assert books.exchange(code).state == "recorded"
