import pytest

from tests.people import PASSWORD
from timebank.codes import spoken

BUTTON = "Change it from now on"


def _path(member):
    return f"members/{spoken(member.code)}"


def test_a_broker_suspends_a_member_with_a_reason_and_it_is_on_record(as_, village, books):
    rosa = as_(village.rosa)
    page = rosa.get(rosa.get(_path(village.grace)).links["Suspend"])
    assert page.form.choices["standing"] == ["suspended"]
    page = rosa.done(page, standing="suspended", reason="Asked for a rest")
    assert "it is on record with your reason" in page
    assert "How they stood suspended Rosa Lindsay “Asked for a rest” 21 Nov, 10:00" in page
    assert books.member_called("Grace Okafor").standing == "suspended"
    assert "Asked for a rest" not in as_(village.tom).get(_path(village.grace)).html
    assert books.are_right()


def test_what_is_suspended_can_be_read_but_not_asked_for_help(as_, village, books):
    books.stands(village.grace, "suspended")
    page = as_(village.ada).get(_path(village.grace))
    assert "Grace cannot give or receive help at the moment." in page
    assert not page.has_button("I helped Grace")
    assert "suspended" not in page
    assert "suspended" in as_(village.audrey).get(_path(village.grace))


def test_a_suspended_member_signs_in_and_is_told_kindly_how_it_is(as_, visitor, village, books):
    books.confirmed(village.grace, village.ada, minutes=90)
    books.stands(village.grace, "suspended")
    page = visitor.follow(visitor.submit(visitor.get("sign-in"), who="grace@example.org", password=PASSWORD))
    assert page.status == 403
    assert "Your membership is resting" in page
    assert "Ring Mary Duncan and talk it over: 01632 960 001" in page
    assert "Your role does not let you" not in page
    page = visitor.get(page.links["My hours"])
    assert page.status == 200
    assert "1 hour 30 minutes to use" in page
    assert visitor.get("hours.csv").status == 200


@pytest.mark.parametrize("path", ["", "exchanges", "members", "profile", "password", "help/record/giver", "desk"])
def test_a_suspended_member_opens_nothing_else(path, as_, village, books):
    books.stands(village.grace, "suspended")
    grace = as_(village.grace)
    assert grace.get(path).status == 403
    assert "Exchanges" not in grace.get(path).links


def test_a_suspended_broker_acts_no_more(as_, village, books):
    books.stands(village.rosa, "suspended")
    rosa = as_(village.rosa)
    assert rosa.post(f"{_path(village.grace)}/standing", standing="left", reason="x").status == 403
    assert rosa.get("applications").status == 403
    assert books.member_called("Grace Okafor").standing == "active"


def test_who_left_is_told_so_and_does_not_get_in_again(as_, visitor, village, books):
    before = as_(village.grace)
    books.stands(village.grace, "left")
    assert before.get("hours").to.startswith("/angus/sign-in")
    page = as_(village.grace).get("hours")  # as somebody who is a member of another bank comes
    assert page.status == 403
    assert "You have left Angus Time Bank" in page
    assert "You are welcome to come back." in page
    assert "My hours" not in page.links
    page = visitor.submit(visitor.get("sign-in"), who="grace@example.org", password=PASSWORD)
    assert "That does not fit together." in page


def test_who_leaves_is_led_to_where_their_hours_are_settled(as_, village, books):
    books.confirmed(village.grace, village.ada, minutes=90)
    rosa, leaving = as_(village.rosa), f"/angus/{_path(village.grace)}/leaving"
    page = rosa.get(f"{_path(village.grace)}/standing")
    assert page.links["Grace leaves the time bank"] == leaving
    answer = rosa.submit(page, standing="left", reason="Moves to Fife")
    assert (answer.status, answer.to) == (303, leaving)
    assert books.member_called("Grace Okafor").standing == "active"
    assert books.count("standing_change") == 0


def test_who_left_comes_back_to_an_account_that_is_open_again(as_, village, books):
    books.confirmed(village.grace, village.ada, minutes=90)
    books.leaves(village.grace)
    rosa = as_(village.rosa)
    page = rosa.get(rosa.get(_path(village.grace)).links["Change how they stand"])
    assert page.form.choices["standing"] == ["active"]
    assert "Grace leaves the time bank" not in page.links
    twice = [rosa.submit(page, standing="active", reason="Back from Fife") for _ in range(2)]
    assert [answer.status for answer in twice] == [303, 303]
    assert "Leaves the time bank" in rosa.get(_path(village.grace)).links
    assert "Hello, Grace" in as_(village.grace).get()
    assert books.count("closing") == 2
    books.confirmed(village.grace, village.ada, minutes=15)
    assert books.balance(village.grace) == 15
    assert books.are_right()


def test_a_form_sent_twice_changes_it_once(as_, village, books):
    rosa = as_(village.rosa)
    page = rosa.get(f"{_path(village.grace)}/standing")
    twice = [rosa.submit(page, standing="suspended", reason="A rest") for _ in range(2)]
    assert [answer.status for answer in twice] == [303, 303]
    assert twice[0].to == twice[1].to
    assert books.count("standing_change") == 1


def test_what_another_broker_changed_meanwhile_is_told(as_, village, books):
    rosa = as_(village.rosa)
    page = rosa.get(f"{_path(village.grace)}/standing")
    books.stands(village.grace, "left")
    page = rosa.submit(page, standing="suspended", reason="A rest")
    assert "Somebody changed this a moment ago." in page
    assert page.form.choices["standing"] == ["active"]
    assert books.member_called("Grace Okafor").standing == "left"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"standing": "suspended", "reason": " "}, "Say why."),
        ({"standing": [], "reason": "A rest"}, "Choose how it is from now on."),
        ({"standing": "emperor", "reason": "A rest"}, "Choose how it is from now on."),
        ({"standing": "left", "reason": "w" * 2001}, "Say it in 2,000 letters or fewer."),
    ],
)
def test_an_incomplete_form_is_refused_and_keeps_what_was_typed(typed, sentence, as_, village, books):
    rosa = as_(village.rosa)
    page = rosa.submit(rosa.get(f"{_path(village.grace)}/standing"), **typed)
    assert page.status == 200
    assert sentence in page
    assert page.form.fields["reason"] == [typed["reason"]]
    assert books.count("standing_change") == 0


def test_nobody_changes_their_own_and_a_broker_none_of_somebody_with_a_role(as_, village, books):
    rosa, mary = as_(village.rosa), as_(village.mary)
    for browser, member in ((rosa, village.rosa), (mary, village.mary), (rosa, village.audrey)):
        assert browser.get(f"{_path(member)}/standing").status == 403
        assert browser.post(f"{_path(member)}/standing", standing="left", reason="x").status == 403
    assert "Suspend" not in rosa.get(_path(village.audrey)).links
    mary.done(mary.get(f"{_path(village.audrey)}/standing"), standing="suspended", reason="A new auditor")
    assert books.count("standing_change") == 1


def test_a_member_who_is_not_there_is_not_found(as_, village):
    assert as_(village.rosa).get("members/AAAA-AAAA/standing").status == 404
    assert as_(village.rosa).get(f"{_path(village.perdita)}/standing").status == 404
