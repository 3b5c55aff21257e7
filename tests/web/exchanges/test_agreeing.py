import pytest


def test_who_was_asked_says_yes_and_both_read_that_it_is_agreed(as_, village, books):
    code = books.propose(village.ada, village.grace)
    grace = as_(village.grace)
    page = grace.done(grace.get(f"exchanges/{code}"), "Yes, that suits me")
    assert "Done. The other person sees it on their page." in page
    assert "You have agreed. After the help, one of you records how long it took." in page
    assert books.state(code) == "accepted"
    assert books.steps(code)[-1] == ("accept", village.grace.membership_id)
    assert books.count("entry") == 0


def test_who_was_asked_says_not_this_time(as_, village, books):
    code = books.propose(village.ada, village.grace)
    grace = as_(village.grace)
    page = grace.done(grace.get(f"exchanges/{code}"), "Not this time")
    assert "It does not suit this time. Nothing has moved." in page
    assert books.state(code) == "declined"


def test_who_asked_takes_it_back(as_, village, books):
    code = books.propose(village.ada, village.grace)
    ada = as_(village.ada)
    page = ada.done(ada.get(f"exchanges/{code}"), "Call it off")
    assert "It was called off. Nothing has moved." in page
    assert books.state(code) == "cancelled"


@pytest.mark.parametrize("name", ["ada", "grace"])
def test_either_side_calls_off_what_is_agreed(name, as_, village, books):
    code = books.accepted(village.ada, village.grace)
    browser = as_(getattr(village, name))
    browser.done(browser.get(f"exchanges/{code}"), "Call it off")
    assert books.state(code) == "cancelled"


def test_who_recorded_help_withdraws_it_before_it_is_confirmed(as_, village, books):
    code = books.recorded(village.ada, village.grace)
    ada = as_(village.ada)
    ada.done(ada.get(f"exchanges/{code}"), "Call it off")
    assert books.state(code) == "cancelled"
    assert not as_(village.grace).get(f"exchanges/{code}").has_button("Check and confirm")


@pytest.mark.parametrize("deed", ["acceptance", "declining"])
def test_who_asked_does_not_answer_for_the_other(deed, as_, village, books):
    code = books.propose(village.ada, village.grace)
    ada = as_(village.ada)
    assert not ada.get(f"exchanges/{code}").has_button("Yes, that suits me")
    page = ada.follow(ada.post(f"exchanges/{code}/{deed}"))
    assert "You cannot do this. If you think you should, ring us." in page
    assert books.state(code) == "proposed"


def test_the_other_side_cannot_withdraw_what_was_recorded(as_, village, books):
    code = books.recorded(village.ada, village.grace)
    grace = as_(village.grace)
    assert not grace.get(f"exchanges/{code}").has_button("Call it off")
    assert "You cannot do this." in grace.follow(grace.post(f"exchanges/{code}/cancellation"))
    assert books.state(code) == "recorded"


def test_an_action_that_comes_too_late_shows_the_present_state(as_, village, books):
    code = books.propose(village.ada, village.grace)
    grace, ada = as_(village.grace), as_(village.ada)
    open_page = grace.get(f"exchanges/{code}")
    ada.done(ada.get(f"exchanges/{code}"), "Call it off")
    page = grace.done(open_page, "Yes, that suits me")
    assert "This was dealt with a moment ago, so nothing more happened. Here is how it stands now." in page
    assert "It was called off. Nothing has moved." in page
    assert books.state(code) == "cancelled"


def test_pressing_twice_does_it_once_and_pressing_the_other_button_afterwards_is_refused(as_, village, books):
    code = books.propose(village.ada, village.grace)
    grace = as_(village.grace)
    page = grace.get(f"exchanges/{code}")
    grace.done(page, "Yes, that suits me")
    grace.done(page, "Yes, that suits me")
    assert books.state(code) == "accepted"
    refused = grace.done(page, "Not this time")
    assert "This was dealt with a moment ago, so nothing more happened." in refused
    assert books.steps(code) == [("propose", village.ada.membership_id), ("accept", village.grace.membership_id)]


@pytest.mark.parametrize("deed", ["acceptance", "declining", "cancellation"])
def test_a_stranger_does_nothing_to_anothers_exchange(deed, as_, village, books):
    code = books.propose(village.ada, village.grace)
    assert as_(village.linus).post(f"exchanges/{code}/{deed}").status == 404
    assert as_(village.perdita).post(f"/angus/exchanges/{code}/{deed}").status == 404
    assert as_(village.rosa).post(f"exchanges/{code}/{deed}").status == 403
    assert as_(None).post(f"exchanges/{code}/{deed}").to == "/angus/sign-in"
    assert as_(village.grace).post(f"exchanges/AAAA-AAAA/{deed}").status == 404
    assert books.state(code) == "proposed"
