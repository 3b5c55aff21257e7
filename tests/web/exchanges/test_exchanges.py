import pytest


def test_an_exchange_tells_both_sides_what_it_is_and_who_did_what(as_, village, books):
    code = books.confirmed(village.ada, village.grace, what="Dog walk", minutes=45)
    page = as_(village.ada).get(f"exchanges/{code}")
    assert "Who gave Ada Lamont (you)" in page
    assert "Who received Grace Okafor" in page
    assert "Ada Lamont recorded it: 45 minutes 21 Nov, 10:00" in page
    assert "Grace Okafor confirmed it" in page
    assert f"Reference {code}" in page


@pytest.mark.parametrize("typed", ["{code}", "{bare}", "{small}"])
def test_a_reference_is_understood_however_it_is_typed(typed, as_, village, books):
    code = books.confirmed(village.ada, village.grace)
    path = typed.format(code=code, bare=code.replace("-", ""), small=code.lower())
    assert as_(village.ada).get(f"exchanges/{path}").status == 200


def test_members_list_their_own_exchanges_and_nobody_elses(as_, village, books):
    books.confirmed(village.ada, village.grace, what="Dog walk")
    books.confirmed(village.linus, village.grace, what="Lamp mended")
    page = as_(village.ada).get("exchanges")
    assert "My exchanges" in page.title
    assert "Dog walk" in page
    assert "Lamp mended" not in page


@pytest.mark.parametrize("name", ["rosa", "mary", "tom", "audrey"])
def test_who_looks_after_the_bank_lists_all_exchanges(name, as_, village, books):
    books.confirmed(village.ada, village.grace, what="Dog walk")
    books.propose(village.linus, village.grace, what="Lamp mended")
    page = as_(getattr(village, name)).get("exchanges")
    assert "All exchanges" in page.title
    assert "Dog walk" in page
    assert "Lamp mended" in page


def test_the_list_shows_one_state_where_that_is_chosen(as_, village, books):
    books.confirmed(village.ada, village.grace, what="Dog walk")
    books.recorded(village.ada, village.grace, what="Lamp mended")
    ada = as_(village.ada)
    page = ada.get("exchanges?state=recorded")
    assert "Lamp mended" in page
    assert "Dog walk" not in page
    assert "Nothing fits this choice." in ada.get("exchanges?state=declined")
    assert "Dog walk" in ada.get("exchanges?state=nonsense&below=nonsense")


def test_a_long_list_goes_on_page_by_page_and_leaves_nothing_out(as_, village, books):
    for number in range(27):
        books.recorded(village.ada, village.grace, what=f"Walk {number:02}")
    ada = as_(village.ada)
    page = ada.get("exchanges?state=recorded")
    older = ada.get(page.links["Older ones"])
    listed = [f"Walk {number:02}" for number in range(27) if f"Walk {number:02}" in page]
    rest = [f"Walk {number:02}" for number in range(27) if f"Walk {number:02}" in older]
    assert (len(listed), rest) == (25, ["Walk 00", "Walk 01"])
    assert "Older ones" not in older.links


def test_an_empty_list_says_why_and_offers_one_step(as_, village):
    page = as_(village.ada).get("exchanges")
    assert "Nothing here yet." in page
    assert page.links["I gave help"] == "/angus/help/record/giver"


def test_a_stranger_is_told_that_there_is_no_such_exchange(as_, village, books):
    code = books.confirmed(village.ada, village.grace)
    for path in (f"exchanges/{code}", f"exchanges/{code}/done"):
        assert as_(village.linus).get(path).status == 404
        assert as_(village.perdita).get(f"/angus/{path}").status == 404
        assert as_(None).get(path).to.startswith("/angus/sign-in?next=")


@pytest.mark.parametrize("state", ["propose", "accepted", "recorded", "confirmed", "disputed"])
def test_every_reader_sees_an_exchange_in_every_state_with_only_their_own_buttons(state, as_, village, books):
    code = getattr(books, state)(village.ada, village.grace)
    deeds = {
        "propose": {"grace": {"Yes, that suits me", "Not this time"}, "ada": {"Call it off"}},
        "accepted": {name: {"It has happened: record it", "Call it off"} for name in ("ada", "grace")},
        "recorded": {"grace": {"Check and confirm", "That is not right"}, "ada": {"Call it off"}},
        "confirmed": {
            "ada": {"Record the same again"},
            "grace": {"Record the same again"},
            "mary": {"Take this back"},
        },
        "disputed": {
            "ada": {"Agree to 30 minutes"},
            "grace": {"Agree to 1 hour"},
            "rosa": {"Decide"},
            "mary": {"Decide"},
        },
    }
    every = set().union(*(names for shown in deeds.values() for names in shown.values()))
    for name in ("ada", "grace", "rosa", "mary", "tom", "audrey"):
        page = as_(getattr(village, name)).get(f"exchanges/{code}")
        assert (name, {one for one in every if page.has_button(one)}) == (name, deeds[state].get(name, set()))
        assert as_(getattr(village, name)).get(f"exchanges/{code}/done").status == 200
