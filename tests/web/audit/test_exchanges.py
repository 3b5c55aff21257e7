"""All exchanges, narrowed down: the choice stays in every link, is said in words, and can be cleared."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.people import NOW, TODAY
from tests.web.audit.sheets import cells
from timebank import clock
from timebank.banks.models import Area
from timebank.listings.models import Category


@pytest.fixture
def shelves(books):
    """Angus has two kinds of help, one below the other, and an area."""
    bank_id = books.village.angus.id
    with books.backend.session() as session:
        home = Category(bank_id=bank_id, id=clock.next_id(), key="home", name="Home", position=1)
        session.add(home)
        session.flush()
        below = {"bank_id": bank_id, "parent_id": home.id}
        session.add(Category(id=clock.next_id(), key="home/cleaning", name="Cleaning", position=2, **below))
        session.add(Area(bank_id=bank_id, id=clock.next_id(), name="Forfar"))
        session.commit()


def test_every_exchange_is_listed_with_what_all_come_to(as_, village, books):
    code = books.confirmed(village.ada, village.grace, minutes=90, what="Roses")
    books.recorded(village.linus, village.grace, minutes=30)
    page = as_(village.audrey).get("audit/exchanges")
    assert "2 exchanges Hours moved 1 h 30 min Hours that wait 30 min Hours taken back 0 min" in page
    assert page.links["Roses"] == f"/angus/exchanges/{code}"
    assert "Ada Lamont gave 1 hour 30 minutes to Grace Okafor" in page


def test_the_choice_is_kept_in_the_form_in_links_and_in_words(as_, village, books, shelves):
    for number in range(26):
        books.confirmed(village.ada, village.grace, minutes=15, what=f"Walk {number}")
    books.confirmed(village.ada, village.linus, minutes=15, what="Roses")
    mary = as_(village.mary)
    page = mary.get("audit/exchanges?words=walk&state=moved&person=grace&from=yesterday&to=today&category=&area=")
    assert "26 exchanges" in page
    assert "Hours moved 6 h 30 min" in page
    assert "You chose words walk, person grace, state hours moved, from Yesterday, Friday 20 November," in page
    form = next(form for form in page.forms if form.method == "get")
    assert form.fields["words"] == ["walk"]
    assert form.fields["from"] == ["yesterday"]
    older = mary.get(page.links["Older ones"])
    assert "26 exchanges" in older
    assert "Walk 0" in older
    assert "Older ones" not in older.links
    asked = parse_qs(urlsplit(page.links["Save as a spreadsheet"]).query)
    assert asked == {
        "words": ["walk"],
        "state": ["moved"],
        "person": ["grace"],
        "from": ["yesterday"],
        "to": ["today"],
    }


def test_what_fits_nothing_says_so_and_offers_to_clear_the_choice(as_, village, books):
    books.confirmed(village.ada, village.grace, what="Roses")
    mary = as_(village.mary)
    page = mary.get("audit/exchanges?person=Zebedee")
    assert "0 exchanges" in page
    assert "Nothing fits this choice." in page
    assert "Roses" in mary.get(page.links["Show everything"])
    assert "Roses" in mary.get(page.links["Clear the choice"])


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("from=31+November", "Type the day"),
        ("to=gestern", "Type the day"),
        ("from=today&to=yesterday", "The last day comes before the first."),
        ("state=paid", "This is not on the list: paid."),
        ("category=Perth", "This is not on the list: Perth."),
        ("area=Perth", "This is not on the list: Perth."),
    ],
)
def test_what_cannot_be_understood_is_said_keeps_what_was_typed_and_lists_nothing(
    query, sentence, as_, village, books, shelves
):
    books.confirmed(village.ada, village.grace, what="Roses")
    mary = as_(village.mary)
    page = mary.get(f"audit/exchanges?{query}")
    assert sentence in page
    assert "Roses" not in page
    assert "1 exchange" not in page
    form = next(form for form in page.forms if form.method == "get")
    name, _equals, said = query.partition("&")[0].partition("=")
    if name in {"from", "to"}:
        assert form.fields[name] == [said.replace("+", " ")]
    assert mary.get(f"audit/exchanges.csv?{query}").to.startswith("/angus/audit/exchanges?")


def test_usual_months_are_one_tap_and_keep_the_rest_of_the_choice(as_, village, books):
    books.confirmed(village.ada, village.grace, what="Roses")
    books.confirmed(village.ada, village.grace, what="Turnips", day=TODAY - timedelta(days=30))
    mary = as_(village.mary)
    page = mary.get("audit/exchanges?person=ada")
    asked = parse_qs(urlsplit(page.links["Last month"]).query)
    assert asked == {"person": ["ada"], "from": ["2026-10-01"], "to": ["2026-10-31"]}
    assert "Turnips" in mary.get(page.links["Last month"])
    assert "Roses" not in mary.get(page.links["Last month"])
    this_month = mary.get(page.links["This month"])
    assert "Roses" in this_month
    assert "from Sunday 1 November, up to Monday 30 November." in this_month
    assert "2 exchanges" in mary.get(page.links["This year"])


def test_kinds_of_help_and_areas_are_asked_by_name(as_, village, books, shelves):
    code = books.confirmed(village.ada, village.grace, what="Roses")
    rosa, mary = as_(village.rosa), as_(village.mary)
    rosa.done(rosa.get(f"exchanges/{code}"), "File it", category="home/cleaning")
    assert "Roses" in mary.get("audit/exchanges?category=home")
    page = mary.get("audit/exchanges?category=home/cleaning")
    assert "Home/Cleaning" in page
    assert next(form for form in page.forms if form.method == "get").fields["category"] == ["home/cleaning"]
    assert "Nothing fits this choice." in mary.get("audit/exchanges?area=Forfar")


def test_a_kind_whose_name_holds_a_stroke_is_asked_for_apart_from_the_one_below(as_, village, books, shelves):
    with books.backend.session() as session:
        row = {"bank_id": village.angus.id, "id": clock.next_id(), "position": 3}
        session.add(Category(key="own/k7m3q2xz", name="Home/Cleaning", **row))
        session.commit()
    rosa, mary = as_(village.rosa), as_(village.mary)
    for what, key in (("Roses", "home/cleaning"), ("Lamp", "own/k7m3q2xz")):
        code = books.confirmed(village.ada, village.grace, what=what)
        rosa.done(rosa.get(f"exchanges/{code}"), "File it", category=key)
    page = mary.get("audit/exchanges?category=own/k7m3q2xz")
    assert ("Lamp" in page.links, "Roses" in page.links) == (True, False)
    page = mary.get("audit/exchanges?category=home")
    assert ("Lamp" in page.links, "Roses" in page.links) == (False, True)


def test_the_spreadsheet_holds_what_the_page_shows(as_, village, books):
    books.confirmed(village.ada, village.grace, minutes=90, what="Roses")
    code = books.propose(village.linus, village.grace, what="Lamp", day=TODAY + timedelta(days=1))
    mary = as_(village.mary)
    rows = cells(mary.get("audit/exchanges.csv"))
    assert rows[0][:4] == ["Day", "Reference", "State", "Who gave"]
    lamp = ["2026-11-22", code, "asked", "Linus Baxter", "Grace Okafor", "Lamp", "", "", ""]
    assert rows[1] == lamp
    assert rows[2][5:] == ["Roses", "", "90", "1 h 30 min"]
    assert cells(mary.get("audit/exchanges.csv?state=moved"))[1:] == [rows[2]]
    assert cells(mary.get("audit/exchanges.csv?person=zebedee"))[1:] == []


def test_an_empty_bank_says_so(as_, village):
    assert "There are no exchanges yet." in as_(village.mary).get("audit/exchanges")


@pytest.mark.parametrize("below", ["0", "-1", "x", "9" * 30])
def test_a_page_that_is_not_there_is_no_accident(below, as_, village, books):
    books.confirmed(village.ada, village.grace, now=NOW)
    assert as_(village.mary).get(f"audit/exchanges?below={below}").status == 200
