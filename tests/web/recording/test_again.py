from tests.people import TODAY


def test_same_as_last_time_asks_for_the_day_only(as_, village, books):
    books.confirmed(village.ada, village.grace, what="Dog walk", minutes=45)
    grace = as_(village.grace)
    page = grace.done(grace.get(), "Ada helped me: Dog walk, 45 minutes")
    assert "When was it?" in page.title
    page = grace.done(page, choice="today")
    assert "Check before you send" in page.title
    assert "Who gave Ada Lamont" in page
    assert "Who received Grace Okafor (you)" in page
    assert "How long 45 minutes" in page
    grace.done(page)
    assert books.exchanges() == 2
    assert books.balance(village.grace) == -45


def test_the_giver_can_record_the_same_again_from_the_exchange(as_, village, books):
    code = books.confirmed(village.ada, village.grace, what="Dog walk", minutes=45)
    ada = as_(village.ada)
    page = ada.done(ada.done(ada.get(f"exchanges/{code}"), "Record the same again"), choice="today")
    assert "Who gave Ada Lamont (you)" in page


def test_an_exchange_of_others_cannot_be_repeated(as_, village, books):
    code = books.confirmed(village.ada, village.grace)
    for actor in (village.linus, village.rosa, village.mary):
        assert as_(actor).post(f"exchanges/{code}/again").status == 404
    assert as_(village.ada).post("exchanges/AAAA-AAAA/again").status == 404
    assert books.count("draft") == 0


def test_agreed_help_is_recorded_with_its_people_and_words_and_asks_for_the_day_and_time(as_, village, books):
    code = books.accepted(village.ada, village.grace, what="A lift", minutes=60)
    ada = as_(village.ada)
    page = ada.done(ada.get(f"exchanges/{code}"), "It has happened: record it")
    page = ada.done(page, choice="today")
    assert "Check before you send" in page.title
    assert "Change Who received" not in page.links
    assert "Change What" not in page.links
    page = ada.done(ada.get(page.links["Change How long"]), choice="90", how_long="")
    ada.done(page)
    made = books.only_exchange()
    assert (made.state, made.minutes, made.agreed_minutes, made.occurred_on) == ("recorded", 90, 60, TODAY)


def test_agreed_help_is_recorded_once_by_whoever_comes_first(as_, village, books):
    code = books.accepted(village.ada, village.grace)
    ada, grace = as_(village.ada), as_(village.grace)
    first = ada.done(ada.done(ada.get(f"exchanges/{code}"), "It has happened: record it"), choice="today")
    second = grace.done(grace.done(grace.get(f"exchanges/{code}"), "It has happened: record it"), choice="today")
    ada.done(first)
    page = grace.submit(second)
    assert page.status == 200
    assert "This was dealt with a moment ago, so nothing more happened." in page
    assert books.steps(code)[-1] == ("record", village.ada.membership_id)


def test_what_is_not_agreed_cannot_be_recorded_as_agreed(as_, village, books):
    code = books.propose(village.ada, village.grace)
    page = as_(village.grace).post(f"exchanges/{code}/recording")
    assert page.to == f"/angus/exchanges/{code}"
    assert books.count("draft") == 0
    assert as_(village.linus).post(f"exchanges/{code}/recording").status == 404
