import pytest

from timebank.codes import spoken


def test_saying_that_it_is_not_right_asks_a_person_keeps_the_words_and_moves_nothing(as_, village, books):
    code = books.recorded(village.ada, village.grace, minutes=120)
    grace = as_(village.grace)
    page = grace.done(grace.get(f"exchanges/{code}/dispute"), words="It was one hour.\nNot two.", how_long="1 h")
    assert "We look at it together" in page.title
    assert "You see it differently, so no hours have moved." in page
    made = books.exchange(code)
    assert (made.state, made.minutes, made.disputed_minutes) == ("disputed", 120, 60)
    for reader in (village.ada, village.grace, village.rosa):
        shown = as_(reader).get(f"exchanges/{code}")
        assert "Grace Okafor said that it is not right: 1 hour" in shown
        assert "“It was one hour. Not two.”" in shown
    assert books.count("entry") == 0
    assert books.are_right()


def test_without_words_it_asks_for_them_and_keeps_the_time_typed(as_, village, books):
    code = books.recorded(village.ada, village.grace)
    grace = as_(village.grace)
    page = grace.submit(grace.get(f"exchanges/{code}/dispute"), words="", how_long="30 min")
    assert page.status == 200
    assert "Say in a few words what is not right." in page
    assert page.form.fields["how_long"] == ["30 min"]
    assert books.state(code) == "recorded"


def test_a_time_that_is_not_understood_keeps_the_words(as_, village, books):
    code = books.recorded(village.ada, village.grace)
    grace = as_(village.grace)
    page = grace.submit(grace.get(f"exchanges/{code}/dispute"), words="It was shorter", how_long="a while")
    assert "Type how long it took, such as 45 minutes, 1 h 30 or 2 hours." in page
    assert page.form.fields["words"] == ["It was shorter"]
    assert books.state(code) == "recorded"


def test_who_recorded_it_cannot_dispute_it(as_, village, books):
    code = books.recorded(village.ada, village.grace)
    ada = as_(village.ada)
    assert ada.get(f"exchanges/{code}/dispute").to == f"/angus/exchanges/{code}"
    assert "You cannot do this." in ada.post(f"exchanges/{code}/dispute", words="No", form_key="k")
    assert books.state(code) == "recorded"


@pytest.mark.parametrize(("name", "minutes"), [("ada", 30), ("grace", 60)])
def test_either_side_ends_it_by_agreeing_to_what_the_other_says(name, minutes, as_, village, books):
    code = books.disputed(village.ada, village.grace, minutes=60, says=30)
    actor = getattr(village, name)
    browser = as_(actor)
    words = {30: "Agree to 30 minutes", 60: "Agree to 1 hour"}[minutes]
    page = browser.get(browser.get(f"exchanges/{code}").links[words])
    assert "If you agree, the hours move." in page
    page = browser.done(page)
    assert "Confirmed" in page.title
    assert (books.balance(village.ada), books.balance(village.grace)) == (minutes, -minutes)
    assert books.steps(code)[-1] == ("agree", actor.membership_id)
    assert books.exchange(code).minutes == minutes
    assert books.are_right()


def test_agreeing_that_nothing_happened_moves_nothing(as_, village, books):
    code = books.disputed(village.ada, village.grace, minutes=60, says=0)
    ada = as_(village.ada)
    page = ada.get(f"exchanges/{code}/agreement")
    assert "Grace Okafor says that nothing happened. If you agree, no hours move." in page
    ada.done(page)
    assert (books.state(code), books.count("entry")) == ("cancelled", 0)
    assert books.are_right()


def test_nobody_agrees_to_minutes_that_the_page_did_not_show(as_, village, books):
    code = books.disputed(village.ada, village.grace, minutes=60, says=30)
    ada = as_(village.ada)
    for minutes in ("600", "60", "-30", "x", ""):
        assert ada.post(f"exchanges/{code}/agreement", minutes=minutes, form_key=f"k{minutes}").status == 200
    assert (books.state(code), books.count("entry")) == ("disputed", 0)


def test_where_the_other_named_no_time_there_is_nothing_to_agree_to(as_, village, books):
    code = books.disputed(village.ada, village.grace, says=None)
    ada = as_(village.ada)
    assert ada.get(f"exchanges/{code}/agreement").to == f"/angus/exchanges/{code}"
    assert "Agree to" not in ada.get(f"exchanges/{code}")
    assert as_(village.grace).get(f"exchanges/{code}/agreement").status == 200


def test_agreeing_twice_moves_the_hours_once(as_, village, books):
    code = books.disputed(village.ada, village.grace)
    ada, grace = as_(village.ada), as_(village.grace)
    page, other_page = ada.get(f"exchanges/{code}/agreement"), grace.get(f"exchanges/{code}/agreement")
    assert ada.submit(page).to == ada.submit(page).to
    assert "This was dealt with a moment ago" in grace.submit(other_page)
    assert (books.balance(village.ada), books.count("entry")) == (30, 1)


def test_a_stranger_neither_disputes_nor_agrees(as_, village, books):
    recorded, disputed = books.recorded(village.ada, village.grace), books.disputed(village.ada, village.grace)
    for path in (f"exchanges/{recorded}/dispute", f"exchanges/{disputed}/agreement"):
        assert as_(village.linus).post(path, words="No", minutes="30").status == 404
        assert as_(village.rosa).post(path, words="No", minutes="30").status == 403
    assert (books.state(recorded), books.state(disputed)) == ("recorded", "disputed")


def test_a_broker_who_disputes_for_a_member_gives_evidence(as_, village, books):
    code = books.recorded(village.ada, village.grace)
    rosa = as_(village.rosa)
    page = rosa.get(f"exchanges/{code}/dispute?acting={spoken(village.grace.code)}&how=phone")
    assert "What is there to show for it?" in page
    rosa.done(page, "Send this", words="It was longer", how_long="2 h", evidence="rang on Monday at 10")
    assert books.ask("SELECT evidence FROM exchange_step WHERE deed = 'dispute'") == [("rang on Monday at 10",)]
    assert "What is there to show for it?" not in as_(village.grace).get(f"exchanges/{code}/dispute")
