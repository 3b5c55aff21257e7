"""File under: a small form on the exchange's page, for those who look after the bank."""

import pytest

from tests.people import NOW
from timebank import clock
from timebank.listings.models import Category


@pytest.fixture
def shelves(books):
    bank_id = books.village.angus.id
    with books.backend.session() as session:
        ids = {name: clock.next_id() for name in ("Home", "Cleaning", "Coal")}
        session.add(Category(bank_id=bank_id, id=ids["Home"], key="home", name="Home", position=1))
        session.flush()
        below = {"bank_id": bank_id, "parent_id": ids["Home"]}
        session.add(Category(id=ids["Cleaning"], key="home/cleaning", name="Cleaning", position=1, **below))
        session.add(Category(id=ids["Coal"], key="home/coal", name="Coal", position=2, retired_at=NOW, **below))
        session.commit()
    return ids


@pytest.mark.parametrize("name", ["rosa", "mary"])
def test_an_exchange_is_filed_and_shows_where(name, as_, village, books, shelves):
    code = books.confirmed(village.ada, village.grace)
    browser = as_(getattr(village, name))
    page = browser.get(f"exchanges/{code}")
    form = page.form_with("File it")
    assert form.choices["category"] == ["", "home", "home/cleaning"]
    assert '<optgroup label="Home">' in page.html
    page = browser.done(page, "File it", category="home/cleaning")
    assert "Done. It is filed." in page
    assert page.form_with("File it").fields["category"] == ["home/cleaning"]
    assert books.exchange(code).category_id == shelves["Cleaning"]
    assert books.balance(village.ada) == 60


def test_the_same_form_sent_twice_files_once(as_, village, books, shelves):
    code = books.confirmed(village.ada, village.grace)
    rosa = as_(village.rosa)
    page = rosa.get(f"exchanges/{code}")
    for _twice in range(2):
        rosa.done(page, "File it", category="home")
    assert books.ask("SELECT count(*) FROM trail WHERE deed = 'exchange.filed'") == [(1,)]


def test_what_is_not_on_the_list_is_said_and_files_nothing(as_, village, books, shelves):
    code = books.confirmed(village.ada, village.grace)
    rosa = as_(village.rosa)
    page = rosa.done(rosa.get(f"exchanges/{code}"), "File it", category="home/coal")
    assert "That kind of help is not on the list any more. Choose another." in page
    assert books.exchange(code).category_id is None
    assert books.ask("SELECT count(*) FROM trail WHERE deed = 'exchange.filed'") == [(0,)]


@pytest.mark.parametrize("name", ["ada", "grace", "tom", "audrey"])
def test_the_two_of_them_trustees_and_auditors_see_no_such_form(name, as_, village, books, shelves):
    code = books.confirmed(village.ada, village.grace)
    browser = as_(getattr(village, name))
    assert not browser.get(f"exchanges/{code}").has_button("File it")
    assert browser.post(f"exchanges/{code}/category", category="home").status == 403
    assert books.exchange(code).category_id is None


def test_a_bank_without_categories_sees_no_such_form(as_, village, books):
    code = books.confirmed(village.ada, village.grace)
    assert "File under" not in as_(village.mary).get(f"exchanges/{code}")


def test_another_banks_exchange_is_not_there(as_, village, shelves):
    assert as_(village.mary).post("exchanges/AAAA-AAAA/category", category="home").status == 404
