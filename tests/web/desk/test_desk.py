import pytest

from tests.web.exchanges.deciding import decide


def test_the_desk_lists_disputes_and_reversals_with_their_people_and_reasons(as_, village, books):
    disputed = books.disputed(village.ada, village.grace, what="Hedge cutting")
    taken_back = books.confirmed(village.linus, village.grace, what="A lift to the clinic")
    reversal = books.reversal(taken_back, by=village.mary, reason="It was another day")
    page = as_(village.rosa).get("desk")
    assert page.status == 200
    assert page.links["Hedge cutting"] == f"/angus/exchanges/{disputed}"
    assert "Ada Lamont gave 1 hour to Grace Okafor" in page
    assert page.links["A lift to the clinic"] == f"/angus/reversals/{reversal}"
    assert "It was another day" in page


def test_the_oldest_dispute_comes_first(as_, village, books):
    books.disputed(village.ada, village.grace, what="The first")
    books.disputed(village.ada, village.linus, what="The second")
    words = as_(village.rosa).get("desk").words
    assert words.index("The first") < words.index("The second")


@pytest.mark.parametrize("name", ["rosa", "mary", "tom", "audrey"])
def test_an_empty_desk_says_so_to_each_of_its_readers(name, as_, village, books):
    books.confirmed(village.ada, village.grace)
    page = as_(getattr(village, name)).get("desk")
    assert "Nothing: everybody agrees." in page
    assert "Nothing waits for a second pair of eyes." in page


def test_what_was_decided_and_approved_leaves_the_desk(as_, village, books):
    disputed = books.disputed(village.ada, village.grace, what="Hedge cutting")
    reversal = books.reversal(books.confirmed(village.ada, village.linus, what="A lift"), by=village.mary)
    rosa, tom = as_(village.rosa), as_(village.tom)
    decide(rosa, disputed, how_long="45 min", reason="Both told me")
    tom.done(tom.get(f"reversals/{reversal}"), "Approve")
    page = rosa.get("desk")
    assert "Hedge cutting" not in page
    assert "A lift" not in page
    assert books.balance(village.ada) == 45
    assert books.are_right()


def test_a_desk_shows_its_own_bank_only(as_, village, books):
    books.disputed(village.ada, village.grace, what="Hedge cutting")
    assert as_(village.perdita).get("/angus/desk").status == 404
    assert as_(village.perdita).get("/perth/desk").status == 403
